import type { Happening } from "./timeline.ts";
import type { World } from "./world.ts";

/** What is still held in a world, a line for each, with the code that made it. */
export function leaksOf(world: World): string[] {
  const timers = world.timeline.timers().filter(({ kind }) => kind === "timer");
  return [...descriptorLines(world), ...timers.map(timerLine)];
}

/** The connections among them: a body closes its own before its listeners are stopped, which would end them. */
export function connectionLeaks(world: World): string[] {
  return descriptorLines(world).filter((line) => line.startsWith("  connection "));
}

/** What is open and who waits, for people who look for the reason of a standstill. */
export function describeOpen(world: World): string[] {
  const connections = [...world.medium.connections].map((connection) => `  ${connection.describe()}`);
  return [...connections, ...descriptorLines(world), ...world.timeline.timers().map(timerLine)];
}

function descriptorLines(world: World): string[] {
  return [...world.hosts].flatMap(({ name, descriptors }) =>
    [...descriptors.held].map(({ what, taken }) => `  ${what} on host "${name}"${madeBy(taken)}`),
  );
}

function timerLine({ what, kind, at, made }: Happening): string {
  return `  ${kind === "idle" ? "idle " : ""}${what}, due at ${at.toFixed(3)} ms${madeBy(made)}`;
}

/** The innermost call that is not of core itself. */
function madeBy(error: Error | undefined): string {
  const frames = (error?.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  const frame = frames.find((line) => !isOfCore(line) && !line.includes("node:"));
  return frame === undefined ? "" : `, made ${frame.trim()}`;
}

const coreRoot = new URL("../", import.meta.url).href;

function isOfCore(frame: string): boolean {
  return frame.includes(coreRoot) && !frame.includes(".test.");
}
