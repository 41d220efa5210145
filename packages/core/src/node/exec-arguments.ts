/** Options of node that decide which code a module is; workers need them as much as the program that starts them. */
const passedOn: ReadonlySet<string> = new Set([
  "--import",
  "--require",
  "-r",
  "--conditions",
  "-C",
  "--enable-source-maps",
]);
const withoutValue: ReadonlySet<string> = new Set(["--enable-source-maps"]);

/** The options of this process that its worker threads and processes take over. Others may not be theirs to have. */
export function workerExecArguments(execArguments: readonly string[] = process.execArgv): string[] {
  return execArguments.filter((argument, index) => {
    const before = execArguments[index - 1] ?? "";
    return passedOn.has(argument.split("=")[0]!) || (passedOn.has(before) && !withoutValue.has(before));
  });
}
