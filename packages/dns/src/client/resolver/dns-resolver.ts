import type { IpAddress } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsDataOf, DnsRecord, DnsRecordOf } from "../../records/record.ts";
import type { DnsRecordTypeName, DnsTypeName, DnsUnknownTypeName } from "../../records/types.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import type { DnsAnswer } from "./answer.ts";
import type { DnsLookupOptions } from "./options.ts";

/** The records of a type, by its name; any record for types without a name here, and for `ANY`. */
export type DnsRecordNamed<Type extends string> = Type extends DnsRecordTypeName ? DnsRecordOf<Type> : DnsRecord;

/** An address of a host, as core's `Names` have it. */
export type DnsHostAddress = Pick<IpAddress, "family" | "host">;

/**
 * Looks names up. The hosts file is looked at first, then names that are special (RFC 6761), then servers are asked; short
 * names given as text are tried in the domains of the search list. `dnsResolver` makes one.
 *
 * Every method rejects with {@link DnsLookupError}; with {@link DnsTextError} when a text is no name; and with `signal.reason`.
 */
export interface DnsResolver extends AsyncDisposable {
  /** The data of the records of one type, at least one: `const { address } = (await dns.resolve("example.org", "A"))[0]!`. */
  resolve<Type extends DnsRecordTypeName | DnsUnknownTypeName>(
    name: DomainName | string,
    type: Type,
    options?: DnsLookupOptions,
  ): Promise<readonly DnsDataOf<Type>[]>;
  /** The whole answer: records with their TTLs, aliases, and who gave it. */
  query<Type extends DnsTypeName | DnsUnknownTypeName>(
    name: DomainName | string,
    type: Type,
    options?: DnsLookupOptions,
  ): Promise<DnsAnswer<DnsRecordNamed<Type>>>;
  /** The names of an address (RFC 1035 §3.5, RFC 3596 §2.5). @throws {DnsTextError} when the text is no address */
  reverse(address: string, options?: DnsLookupOptions): Promise<readonly DomainName[]>;
  /**
   * The addresses of a host, A and AAAA asked side by side, in the order in which to try them (RFC 6724 §6). A literal
   * address answers itself.
   */
  addresses(host: DomainName | string, options?: DnsLookupOptions): Promise<readonly DnsHostAddress[]>;
  /** The servers that are asked now. */
  servers(): Promise<readonly DnsServerPlace[]>;
  /** Asks other servers from now on; `undefined`: those of resolv.conf. @throws {DnsTextError} at once, when one cannot be read */
  setServers(servers: readonly (DnsServerPlace | string)[] | undefined): void;
  /** Gives up every lookup under way with `reason`; later ones go on as before. Default: a {@link ConnectionError} `aborted`. */
  cancel(reason?: Error): void;
}
