import {
  type Endpoint,
  EndpointError,
  formatAddress,
  formatEndpoint,
  type Listener,
  parseEndpoint,
  UsageError,
} from "@hawser/core";
import type { MailCommandValues } from "./options.ts";

/** What is spoken at an endpoint. */
export type MailCommandProtocol = "imap" | "lmtp" | "pop3" | "smtp" | "submission";

/** Where a mail server listens, and for what. */
export interface MailCommandEndpoint {
  readonly protocol: MailCommandProtocol;
  readonly endpoint: string;
  /** TLS from the first octet on. */
  readonly isSecure: boolean;
}

type Given = Pick<MailCommandValues, MailCommandProtocol | "tlsCert" | "tlsKey">;

const protocols = ["smtp", "submission", "lmtp", "pop3", "imap"] as const;

/**
 * Where to listen, in order; where nothing is named, the ports that everybody knows when there is a certificate (RFC 8314 §7),
 * and else some on this machine alone.
 * @throws {UsageError} for an endpoint that cannot be read, or lacks a certificate
 */
export function mailEndpoints(given: Given): readonly MailCommandEndpoint[] {
  const isNamed = protocols.some((protocol) => given[protocol].length > 0);
  const named = isNamed ? given : given.tlsCert.length > 0 ? wellKnown : trial;
  return protocols.flatMap((protocol) =>
    named[protocol].map((text): MailCommandEndpoint => {
      const endpoint = withCertificate(parsed(text), text, given);
      return { protocol, endpoint: formatEndpoint(endpoint), isSecure: innermost(endpoint).type === "tls" };
    }),
  );
}

/** An endpoint in whose `tls:` the certificate of the options stands, where it names none. @throws {UsageError} */
export function endpointWithCertificate(text: string, given: Pick<Given, "tlsCert" | "tlsKey">): string {
  return formatEndpoint(withCertificate(parsed(text), text, given));
}

/** `imaps://127.0.0.1:993`: what is spoken there, and where it really is. */
export function shownMailEndpoint({ protocol, isSecure }: MailCommandEndpoint, { address }: Listener): string {
  const isLocal = address.family === "unix" || address.family === "opaque";
  return `${protocol}${isSecure ? "s" : ""}${isLocal ? "+unix" : ""}://${formatAddress(address)}`;
}

type Ports = Readonly<Record<MailCommandProtocol, readonly string[]>>;

const wellKnown: Ports = {
  smtp: ["tcp:25"],
  submission: ["tcp:587", "tls:465"],
  lmtp: [],
  pop3: ["tcp:110", "tls:995"],
  imap: ["tcp:143", "tls:993"],
};

const trial: Ports = {
  smtp: ["tcp:2525:interface=127.0.0.1"],
  submission: ["tcp:2587:interface=127.0.0.1"],
  lmtp: [],
  pop3: ["tcp:1110:interface=127.0.0.1"],
  imap: ["tcp:1143:interface=127.0.0.1"],
};

/** What `--help` says about both. */
export const mailEndpointsDetails: readonly string[] = [
  "Where no endpoint is named:",
  "                with --tls-cert    without, on 127.0.0.1",
  "  SMTP          25                 2525",
  "  submission    587, 465 (TLS)     2587",
  "  POP3          110, 995 (TLS)     1110",
  "  IMAP          143, 993 (TLS)     1143",
  "Passwords in clear are taken over TLS, and on this machine.",
];

function withCertificate(endpoint: Endpoint, text: string, given: Pick<Given, "tlsCert" | "tlsKey">): Endpoint {
  if (endpoint.type === "proxy") return { ...endpoint, inner: withCertificate(endpoint.inner, text, given) };
  if (endpoint.type !== "tls" || endpoint.cert !== undefined) return endpoint;
  const { tlsCert: cert, tlsKey: key } = given;
  if (cert.length === 0) throw new UsageError(`${text} needs a certificate: add --tls-cert, or cert=FILE`);
  return { ...endpoint, cert, ...(key.length > 0 && { key }) };
}

function parsed(text: string): Endpoint {
  try {
    return parseEndpoint(text);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    throw new UsageError(error.message.split("\n", 1)[0]!, { cause: error });
  }
}

function innermost(endpoint: Endpoint): Endpoint {
  return endpoint.type === "proxy" ? innermost(endpoint.inner) : endpoint;
}
