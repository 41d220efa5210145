/** Where help goes that nobody else takes. */
export function writeOut(text: string): void {
  process.stdout.write(text);
}
