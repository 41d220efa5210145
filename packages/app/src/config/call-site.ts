/** A place in a program. */
export interface CallSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a function of ours was called from, as the engine's own trace tells it. */
export function callSite(calledFunction: () => void): CallSite | undefined {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, calledFunction);
  const line = holder.stack?.split("\n").find((text) => /^\s+at /.test(text));
  const match = /(?:\(|at |async )(?:file:\/\/)?(\/[^()]*):(\d+):(\d+)\)?$/.exec(line ?? "");
  return match === null ? undefined : { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
}
