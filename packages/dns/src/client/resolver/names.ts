import { ConnectionError, type ConnectionErrorCode, type Names } from "@hawser/core";
import { DnsTextError } from "../../errors.ts";
import { dnsResolver } from "./default-resolver.ts";
import type { DnsResolver } from "./dns-resolver.ts";
import { DnsLookupError, type DnsLookupErrorCode } from "./errors.ts";
import type { DnsResolverOptions } from "./options.ts";

/** Which names a resolver leaves to others. */
export interface DnsNamesOptions {
  /** Finds hosts below `local`, which belong to multicast DNS (RFC 6762 §3). Default: the resolver, which knows none. */
  readonly localNames?: Names | undefined;
}

/** Makes a resolver the names of a reactor: {@link reactorWithNames} puts them there. What fails, fails as `connect` knows it. */
export function resolverNames(resolver: DnsResolver, { localNames }: DnsNamesOptions = {}): Names {
  return {
    async lookup(host, options) {
      if (localNames !== undefined && /\.local\.?$/i.test(host)) return localNames.lookup(host, options);
      try {
        return await resolver.addresses(host, options);
      } catch (error) {
        throw connectionErrorOf(error);
      }
    },
  };
}

/** A resolver that a whole program uses, until it is put away. */
export interface DnsResolverInUse extends AsyncDisposable {
  readonly resolver: DnsResolver;
}

/**
 * Makes a resolver the names of the `node` reactor, for the whole program: from now on no `connect` holds a thread of
 * libuv's pool while it looks up a host. One line at the start is enough:
 *
 * ```ts no-run
 * await useDnsResolver();
 * ```
 *
 * Hosts below `local` are still the system's to find, unless `asksLocal`. What is disposed of puts back the names that were
 * there before, and closes the resolver.
 */
export async function useDnsResolver(options: Omit<DnsResolverOptions, "reactor"> = {}): Promise<DnsResolverInUse> {
  const { systemNames, useNames } = await import("@hawser/core/node");
  const resolver = dnsResolver(options);
  const before = useNames(resolverNames(resolver, { localNames: options.asksLocal ? undefined : systemNames }));
  return {
    resolver,
    async [Symbol.asyncDispose]() {
      useNames(before);
      await resolver[Symbol.asyncDispose]();
    },
  };
}

const codes: Readonly<Record<DnsLookupErrorCode, ConnectionErrorCode>> = {
  "name-not-found": "name-not-found",
  "no-data": "name-not-found",
  "not-offered": "name-not-found",
  "server-failed": "timed-out", // the system's resolver calls both "try again" (EAI_AGAIN)
  refused: "failed",
  "timed-out": "timed-out",
  unreachable: "unreachable",
  "bad-answer": "failed",
};

function connectionErrorOf(error: unknown): unknown {
  if (error instanceof DnsLookupError) return new ConnectionError(codes[error.code], error.message, { cause: error });
  if (error instanceof DnsTextError) return new ConnectionError("name-not-found", error.message, { cause: error });
  return error;
}
