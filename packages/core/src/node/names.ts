import { isIP } from "node:net";
import type { IpAddress } from "../address.ts";
import { quote } from "../errors.ts";
import type { Names } from "../names.ts";
import { connectionError } from "./errors.ts";

type Found = readonly Pick<IpAddress, "family" | "host">[];

/**
 * Questions under way, by host. The system's resolver holds one of few threads for each, so callers who ask the same
 * share it. Answers are not kept: it tells no time to live.
 */
const asked = new Map<string, Promise<Found>>();

/** The operating system's resolver, which asks in a thread of libuv's pool. */
export const systemNames: Names = {
  async lookup(host, options) {
    const { signal } = options ?? {};
    signal?.throwIfAborted();
    const literal = isIP(host);
    if (literal !== 0) return [{ family: literal === 6 ? "ipv6" : "ipv4", host }];
    const found = ask(host);
    return signal === undefined ? found : unlessAborted(found, signal);
  },
};

/** What the reactors of this process use now. */
let namesInUse = systemNames;

/** The names of `node` reactors: the system's, unless others were put in their place with {@link useNames}. */
export const nodeNames: Names = {
  lookup: (host, options) => namesInUse.lookup(host, options),
};

/**
 * Puts other names in the place of the system's, for every reactor on the operating system in this process, and so for every
 * `connect` that names no reactor. `@hawser/dns` does it with `useDnsResolver`.
 * @returns those that were used before, to be put back
 */
export function useNames(names: Names): Names {
  const before = namesInUse;
  namesInUse = names;
  return before;
}

function ask(host: string): Promise<Found> {
  let found = asked.get(host);
  if (found === undefined) {
    found = askSystem(host).finally(() => asked.delete(host));
    asked.set(host, found);
  }
  return found;
}

async function askSystem(host: string): Promise<Found> {
  const { lookup } = await import("node:dns/promises");
  try {
    const addresses = await lookup(host, { all: true, verbatim: true });
    return addresses.map(({ address, family }) => ({ family: family === 6 ? "ipv6" : "ipv4", host: address }));
  } catch (cause) {
    throw connectionError(`Cannot find the address of ${quote(host)}`, cause);
  }
}

/** The thread cannot be called back; its answer comes too late for us. */
function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
