import type { Reactor } from "./reactor.ts";

/** The reactor that is used where none is named: `node`, loaded when it is first wanted. */
export async function defaultReactor(): Promise<Reactor> {
  const { nodeReactor } = await import("./node/reactor.ts");
  return nodeReactor;
}
