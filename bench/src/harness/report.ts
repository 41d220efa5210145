import type { Row, Workload } from "./bench.ts";

export interface ReportOptions {
  readonly json: boolean;
  /** Load average of the machine: above 2 nothing should be concluded. */
  readonly load: number;
}

/** Prints the rows of one workload: a table for people, or one JSON object a row. Ratios above 1 mean less processor time than the peer. */
export function report(
  workload: Workload,
  rows: readonly Row[],
  absent: Readonly<Record<string, string>>,
  options: ReportOptions,
): void {
  if (options.json) {
    for (const row of rows) print(JSON.stringify(toJson(row, rows)));
    return;
  }
  print(`\n${workload.name}: ${workload.question}`);
  print(
    `Node ${process.version}, load ${options.load.toFixed(1)}${options.load > 2 ? " (busy: conclude nothing)" : ""}`,
  );
  const extras = Object.keys(rows[0]?.extra ?? {});
  print(line(["server", "op/s", "CPU µs/op", "min..max", "ours is better by", ...extras]));
  for (const row of rows) {
    const [low, high] = row.cpuSpread;
    print(
      line([
        row.server,
        Math.round(row.opsPerSecond).toString(),
        row.cpuMicrosecondsPerOp.toFixed(2),
        `${low.toFixed(2)}..${high.toFixed(2)}`,
        row === rows[0] ? "" : `${(row.cpuMicrosecondsPerOp / rows[0]!.cpuMicrosecondsPerOp).toFixed(2)}x`,
        ...extras.map((name) => row.extra[name]?.toFixed(2) ?? ""),
      ]),
    );
  }
  for (const [server, reason] of Object.entries(absent)) print(`  ${server}: not measured, ${reason}`);
}

function toJson(row: Row, rows: readonly Row[]): object {
  const ratios = rows
    .filter((peer) => peer !== row)
    .map((peer) => [peer.server, round(peer.cpuMicrosecondsPerOp / row.cpuMicrosecondsPerOp)]);
  return {
    workload: row.workload,
    server: row.server,
    opsPerSecond: Math.round(row.opsPerSecond),
    cpuMicrosecondsPerOp: round(row.cpuMicrosecondsPerOp),
    ratioTo: Object.fromEntries(ratios),
    ...row.extra,
  };
}

function round(number: number): number {
  return Math.round(number * 1000) / 1000;
}

function line(cells: readonly string[]): string {
  return `  ${cells.map((cell, at) => (at === 0 ? cell.padEnd(18) : cell.padStart(18))).join("")}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
