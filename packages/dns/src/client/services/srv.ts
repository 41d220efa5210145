import { ConnectionError, quote } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsResolver } from "../resolver/dns-resolver.ts";
import { DnsLookupError } from "../resolver/errors.ts";
import { type DnsServiceOptions, randomOf } from "./options.ts";
import { orderSrv } from "./order.ts";

/** Where a service is offered. */
export interface DnsServiceTarget {
  readonly host: DomainName;
  readonly port: number;
}

/**
 * Where a service is offered, in the order in which to try it (RFC 2782): `await resolveService(dns,
 * "_xmpp-client._tcp.example.org")`. Everybody draws an order of their own.
 *
 * @throws {DnsLookupError} `not-offered` when the domain says so, with the root as target; `name-not-found` and `no-data` when it
 * says nothing
 */
export async function resolveService(
  resolver: DnsResolver,
  name: DomainName | string,
  options: DnsServiceOptions = {},
): Promise<readonly DnsServiceTarget[]> {
  const { records, name: found } = await resolver.query(name, "SRV", { search: false, hosts: false, ...options });
  const offered = records.map(({ data }) => data).filter(({ target }) => !target.isRoot);
  if (offered.length === 0) throw new DnsLookupError("not-offered", { name: found, type: "SRV" });
  return orderSrv(offered, await randomOf(options)).map(({ target, port }) => ({ host: target, port }));
}

/**
 * Connects to a service: tries its targets one after the other, until one takes us.
 *
 * ```ts no-run
 * const transport = await connectService(dns, "_xmpp-client._tcp.example.org", ({ host, port }) =>
 *   connect(`tcp:${String(host).slice(0, -1)}:${port}`),
 * );
 * ```
 *
 * @throws {DnsLookupError} as {@link resolveService}
 * @throws {ConnectionError} with all failures in its cause, when no target takes us; whatever else `connect` throws
 */
export async function connectService<Connected>(
  resolver: DnsResolver,
  name: DomainName | string,
  connect: (target: DnsServiceTarget) => Promise<Connected>,
  options: DnsServiceOptions = {},
): Promise<Connected> {
  const failures: ConnectionError[] = [];
  for (const target of await resolveService(resolver, name, options)) {
    options.signal?.throwIfAborted();
    try {
      return await connect(target);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof ConnectionError)) throw error;
      failures.push(error);
    }
  }
  const reasons = failures.map(({ message }) => message).join("; ");
  const text = `Cannot connect to the service ${quote(String(name))}: ${reasons}`;
  throw new ConnectionError(failures[0]!.code, text, { cause: new AggregateError(failures) });
}
