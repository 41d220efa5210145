import { type Endpoint, formatEndpoint, parseEndpoint } from "@hawser/core";
import type { SmtpClientOptions } from "../../smtp/client.ts";
import type { MailConsignment, MailTransport, MailTransportResult } from "../queue.ts";
import { type MailServer, MailServers, type SmtpTransportOptions } from "./servers.ts";

/** Who takes all mail for us. */
export interface SmartHostOptions extends SmtpTransportOptions {
  /** `tls:smtp.example.org:465`, `tcp:smtp.example.org:587`; several are tried in this order. */
  readonly via: string | Endpoint | readonly (string | Endpoint)[];
  readonly login?: SmtpClientOptions["login"];
  /** Default `smtp`; `lmtp` for an agent that delivers into mailboxes. */
  readonly kind?: SmtpClientOptions["kind"];
  /** Default: as the client has it: required with a login, unless the server is on this machine. */
  readonly startTls?: SmtpClientOptions["startTls"];
  readonly tls?: SmtpClientOptions["tls"];
}

/** Sends all mail by one server, which knows its further way: a provider's, or a mailbox server that speaks LMTP. */
export function smartHostTransport(options: SmartHostOptions): AsyncDisposable & MailTransport {
  return new SmartHost(options);
}

class SmartHost implements AsyncDisposable, MailTransport {
  readonly #servers: MailServers;
  readonly #all: readonly MailServer[];
  readonly #name: string;

  constructor(options: SmartHostOptions) {
    const { via, login, kind, startTls, tls } = options;
    const endpoints = (Array.isArray(via) ? via : [via]) as readonly (Endpoint | string)[];
    this.#servers = new MailServers(options);
    this.#all = endpoints.map((one) => {
      const endpoint = typeof one === "string" ? parseEndpoint(one) : one;
      const client = { login, kind, startTls, tls };
      return { name: nameOf(endpoint), endpoint, client, isLast: kind === "lmtp", isChosen: true };
    });
    this.#name = `via ${this.#all.map(({ name }) => name).join(", ")}`;
  }

  destination(): string {
    return this.#name;
  }

  deliver(consignment: MailConsignment): Promise<readonly MailTransportResult[]> {
    return this.#servers.send(consignment, this.#all);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#servers[Symbol.asyncDispose]();
  }
}

function nameOf(endpoint: Endpoint): string {
  return "host" in endpoint && typeof endpoint.host === "string" ? endpoint.host : formatEndpoint(endpoint);
}
