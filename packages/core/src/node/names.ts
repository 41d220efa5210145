import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Names } from "../names.ts";
import { connectionError } from "./errors.ts";

/** The operating system's resolver, which asks in a thread of libuv's pool. */
export const nodeNames: Names = {
  async lookup(host, options) {
    const { signal } = options ?? {};
    signal?.throwIfAborted();
    const literal = isIP(host);
    if (literal !== 0) return [{ family: literal === 6 ? "ipv6" : "ipv4", host }];
    const found = lookup(host, { all: true, verbatim: true }).then(
      (addresses) =>
        addresses.map(({ address, family }) => ({
          family: family === 6 ? ("ipv6" as const) : ("ipv4" as const),
          host: address,
        })),
      (cause: unknown) => {
        throw connectionError(`Cannot find the address of "${host}"`, cause);
      },
    );
    return signal === undefined ? found : Promise.race([found, aborted(signal)]);
  },
};

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
