/** An option's name as it is typed: `tlsCert` is `tls-cert`. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
