import { type Endpoint, isWithinMachine } from "@hawser/core";
import {
  type DnsHostAddress,
  DnsLookupError,
  type DnsMailExchanger,
  type DnsResolver,
  DnsTextError,
  dnsResolver,
  resolveMailExchangers,
} from "@hawser/dns";
import type { SmtpClientOptions } from "../../smtp/client.ts";
import { parseSmtpAddress } from "../../smtp/wire/path.ts";
import type { MailConsignment, MailTransport, MailTransportResult } from "../queue.ts";
import { MailLoopError, type MailServer, MailServers, type SmtpTransportOptions } from "./servers.ts";

/** What TLS to a server must be. */
export type MailServerSecurity = Pick<SmtpClientOptions, "startTls" | "tls">;

/** How mail finds its way by the DNS. */
export interface MxTransportOptions extends SmtpTransportOptions {
  /** Default: the system's name servers, asked on the reactor. */
  readonly resolver?: DnsResolver | undefined;
  /** Default 25. */
  readonly port?: number | undefined;
  /** Names of ours beside `name`: mail that would go there would come back to us. */
  readonly ownNames?: readonly string[] | undefined;
  /** Whether an address is ours. Default: those of this machine alone (127.0.0.0/8, ::1, 0.0.0.0, ::). */
  readonly isOwnAddress?: ((address: string) => boolean) | undefined;
  /**
   * What TLS to a server of a domain must be, as DANE (RFC 7672) or MTA-STS (RFC 8461) may have it. Default: opportunistic, with
   * any certificate, and in clear where TLS fails (RFC 7435).
   */
  readonly security?: ((domain: string, host: string) => MailServerSecurity | Promise<MailServerSecurity>) | undefined;
}

/**
 * Sends mail to the servers of its domain, as the DNS has them (RFC 5321 §5.1): by preference, in an order drawn by chance among
 * equals; a host without MX stands for itself; a null MX (RFC 7505) takes no mail.
 */
export function mxTransport(options: MxTransportOptions): AsyncDisposable & MailTransport {
  return new MxTransport(options);
}

class MxTransport implements AsyncDisposable, MailTransport {
  readonly #options: MxTransportOptions;
  readonly #resolver: DnsResolver;
  readonly #servers: MailServers;
  readonly #ownNames: ReadonlySet<string>;

  constructor(options: MxTransportOptions) {
    this.#options = options;
    this.#resolver = options.resolver ?? dnsResolver({ reactor: options.reactor });
    this.#servers = new MailServers(options);
    const { name, ownNames = [] } = options;
    this.#ownNames = new Set([...ownNames, ...(name === undefined ? [] : [name])].map((one) => one.toLowerCase()));
  }

  destination(address: string): string {
    return `mx ${domainOf(address)}`;
  }

  async deliver(consignment: MailConsignment): Promise<readonly MailTransportResult[]> {
    const all = (result: MailTransportResult) => consignment.recipients.map(() => result);
    const domain = domainOf(consignment.recipients[0]!.address);
    if (domain === "") return all(noDomain);
    try {
      const hosts = await this.#hosts(domain, consignment.signal);
      if (hosts.length === 0) return all(loop(new MailLoopError(domain)));
      return await this.#servers.send(consignment, this.#serversOf(domain, hosts, consignment.signal));
    } catch (error) {
      consignment.signal.throwIfAborted();
      return all(lookupResult(error));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers[Symbol.asyncDispose]();
    if (this.#options.resolver === undefined) await this.#resolver[Symbol.asyncDispose]();
  }

  /** Who takes mail for a domain. Where we are one of them, only those before us: the others would bring it back (RFC 5321 §5.1). */
  async #hosts(domain: string, signal: AbortSignal): Promise<readonly MailHost[]> {
    const literal = addressLiteral(domain);
    if (literal !== undefined) return this.#isOwn(literal) ? [] : [{ name: domain, addresses: async () => [literal] }];
    const { reactor } = this.#options;
    const exchangers = await resolveMailExchangers(this.#resolver, domain, {
      signal,
      random: reactor.random,
      search: false,
    });
    const own = exchangers.find(({ host }) => this.#ownNames.has(nameOf(host)));
    const before = exchangers.filter(({ preference }) => own === undefined || preference < own.preference);
    return before.slice(0, hostsMax).map(({ host }) => ({
      name: nameOf(host),
      addresses: () => this.#resolver.addresses(host, { signal, search: false }),
    }));
  }

  /** Each address of each host in turn; a host that the DNS does not find is none. */
  async *#serversOf(domain: string, hosts: readonly MailHost[], signal: AbortSignal): AsyncGenerator<MailServer, void> {
    const { port = 25, security } = this.#options;
    let [found, isOurs] = [false, false];
    let failure: unknown;
    for (const { name, addresses } of hosts) {
      const all = await addresses().catch((error: unknown) => {
        signal.throwIfAborted();
        if (failure === undefined || isForNow(error)) failure = error;
        return [];
      });
      const client = (await security?.(domain, name)) ?? { startTls: "opportunistic" };
      const of = security === undefined ? undefined : domain;
      for (const address of all.slice(0, addressesMax)) {
        isOurs ||= this.#isOwn(address);
        if (this.#isOwn(address)) continue;
        found = true;
        yield {
          ...this.#serverAt(name, address, port),
          domain: of,
          client: { ...client, tls: { serverName: name, ...client.tls } },
        };
      }
    }
    if (found) return;
    if (failure !== undefined) throw failure;
    if (isOurs) throw new MailLoopError(domain);
  }

  #serverAt(name: string, { host, family }: DnsHostAddress, port: number): Omit<MailServer, "client"> {
    const endpoint: Endpoint = { type: "tcp", host, port };
    const shown = name.startsWith("[") ? name : `${name}[${family === "ipv6" ? "IPv6:" : ""}${host}]`;
    return { name: shown, endpoint, isLast: false, isOwnName: (one) => this.#ownNames.has(one) };
  }

  #isOwn({ host, family }: DnsHostAddress): boolean {
    const { isOwnAddress } = this.#options;
    if (isOwnAddress !== undefined) return isOwnAddress(host);
    return isWithinMachine({ family, host, port: 0 }) || host === "0.0.0.0" || host === "::";
  }
}

/** A host that takes mail. */
interface MailHost {
  readonly name: string;
  readonly addresses: () => Promise<readonly DnsHostAddress[]>;
}

/** The only servers of a domain are ourselves, though it is none of ours. */
function loop(error: MailLoopError): MailTransportResult {
  return { outcome: "failed", status: "5.4.6", text: error.message };
}

/** What the DNS says of a domain that cannot be sent to. */
function lookupResult(error: unknown): MailTransportResult {
  if (error instanceof MailLoopError) return loop(error);
  if (error instanceof DnsTextError) return { outcome: "failed", status: "5.1.2", text: error.message };
  if (!(error instanceof DnsLookupError)) throw error;
  const status = error.code === "not-offered" ? "5.1.10" : "5.1.2"; // RFC 7505 §4.2, RFC 3463 §3.2
  if (isForNow(error)) return { outcome: "deferred", status: "4.4.3", text: error.message, isBlocked: true };
  return { outcome: "failed", status, text: error.message };
}

/** The DNS may say something else later. */
function isForNow(error: unknown): boolean {
  return !(error instanceof DnsLookupError && ["name-not-found", "no-data", "not-offered"].includes(error.code));
}

/** The domain of an address, as it is compared. Empty: there is none. */
export function domainOf(address: string): string {
  return address.includes("@") ? address.slice(address.lastIndexOf("@") + 1).toLowerCase() : "";
}

function nameOf(host: DnsMailExchanger["host"]): string {
  return String(host).replace(/\.$/, "").toLowerCase();
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3). */
function addressLiteral(domain: string): DnsHostAddress | undefined {
  if (!domain.startsWith("[") || parseSmtpAddress(`x@${domain}`) === undefined) return undefined;
  const host = domain.slice(1, -1).replace(/^ipv6:/, "");
  return { family: host.includes(":") ? "ipv6" : "ipv4", host };
}

const noDomain: MailTransportResult = { outcome: "failed", status: "5.1.3", text: "The address has no domain" };
/** Nobody has more servers that are worth waiting for; RFC 5321 §5.1 allows such a limit. */
const hostsMax = 10;
/** Addresses of one host. */
const addressesMax = 8;
