import type { TestContext } from "node:test";
import { needs, runProgram } from "./programs.ts";

/** A host with an address of its own. */
export interface Host {
  readonly address: string;
  /** The words before a command that is to run there. */
  readonly within: readonly string[];
}

/** Two hosts with a wire between them: 10.77.0.1 and 10.77.0.2. */
export interface TwoHosts extends AsyncDisposable {
  readonly a: Host;
  readonly b: Host;
}

/** Makes them of network namespaces of Linux, or skips a test, saying why. Well-known ports are free there. */
export async function twoHosts(context: TestContext): Promise<TwoHosts | undefined> {
  if (!needs(context, "ip")) return undefined;
  const [a, b] = ["a", "b"].map((name, at) => host(`hawser-${process.pid}-${name}`, `10.77.0.${at + 1}`));
  try {
    for (const { name } of [a!, b!]) await ip("netns", "add", name);
    const [wireA, wireB] = [`hw${process.pid}a`, `hw${process.pid}b`]; // 15 characters at the most
    await ip("-n", a!.name, "link", "add", wireA, "type", "veth", "peer", "name", wireB, "netns", b!.name);
    for (const [{ name, address }, wire] of [[a!, wireA] as const, [b!, wireB] as const]) {
      await ip("-n", name, "address", "add", `${address}/24`, "dev", wire);
      for (const device of ["lo", wire]) await ip("-n", name, "link", "set", device, "up");
    }
  } catch (error) {
    await remove(a!, b!);
    context.skip(`there can be no network namespaces here: ${(error as Error).message}`);
    return undefined;
  }
  return { a: a!, b: b!, [Symbol.asyncDispose]: () => remove(a!, b!) };
}

function host(name: string, address: string): Host & { readonly name: string } {
  return { name, address, within: ["ip", "netns", "exec", name] };
}

async function ip(...words: readonly string[]): Promise<void> {
  const { status, errors } = await runProgram("ip", words);
  if (status !== 0) throw new Error(`ip ${words.join(" ")}: ${errors.trim()}`);
}

async function remove(...hosts: readonly { readonly name: string }[]): Promise<void> {
  for (const { name } of hosts) await runProgram("ip", ["netns", "delete", name]);
}
