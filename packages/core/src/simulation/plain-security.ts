import { hkdfSync } from "node:crypto";
import { ConnectionError, quote } from "../errors.ts";
import type { KeyPair, Security, TlsClientOptions, TlsOptions, TlsServerOptions } from "../security.ts";
import type { Link } from "../transports/link.ts";
import { certificateClaims, certificateOctets } from "./plain-certificate.ts";
import { type PlainHello, parsePlainHello, readLine, sendHello } from "./plain-hello.ts";
import { PlainLink } from "./plain-link.ts";

/**
 * The security of a simulation: a handshake of one line each way, in which both sides say who they are and agree on a
 * protocol, and then the octets as they are. It travels like everything else, so its cuts and losses matter; runs stay
 * byte-exact, which encryption would end. Names are verified against what the certificate claims; trust anchors are not.
 */
export async function plainSecurity(link: Link, options: TlsOptions): Promise<Link> {
  const reader = readLine(link, options.side === "server" ? options.received : undefined);
  try {
    const security =
      options.side === "client"
        ? await greetServer(link, reader.line, options)
        : await greetClient(link, reader.line, options);
    return new PlainLink(link, security, reader.rest());
  } catch (error) {
    link.abort();
    throw error;
  }
}

async function greetServer(link: Link, answer: Promise<string>, options: TlsClientOptions): Promise<Security> {
  const ours = { serverName: options.serverName, alpn: options.alpn ?? [], certificate: pem(options.keyPair) };
  const sent = sendHello(link, ours);
  const received = await answer;
  const theirs = parsePlainHello(received);
  if (theirs.alert !== undefined) throw failed(`the server refuses: ${theirs.alert}`);
  const authorized = theirs.certificate !== undefined && certificateClaims(theirs.certificate, options.serverName);
  if (!authorized && (options.verify ?? true)) throw notClaimed(theirs.certificate, options.serverName);
  return plainSecurityOf(
    { alpn: theirs.alpn[0], serverName: options.serverName, authorized, ...certificates(ours, theirs) },
    sent + received,
  );
}

async function greetClient(link: Link, greeting: Promise<string>, options: TlsServerOptions): Promise<Security> {
  const received = await greeting;
  const theirs = parsePlainHello(received);
  const keyPair = options.keyPair(theirs.serverName);
  const alpn = options.alpn?.find((protocol) => theirs.alpn.includes(protocol));
  const alert = alertFor(theirs, options, keyPair, alpn);
  if (alert !== undefined) {
    sendHello(link, { alpn: [], alert });
    throw failed(`refused the client: ${alert}`);
  }
  const ours = { alpn: alpn === undefined ? [] : [alpn], certificate: pem(keyPair) };
  const sent = sendHello(link, ours);
  const wanted: PlainHello = (options.clientCertificate ?? "none") === "none" ? { alpn: [] } : theirs;
  const authorized = wanted.certificate !== undefined;
  return plainSecurityOf(
    { alpn, serverName: theirs.serverName, authorized, ...certificates(ours, wanted) },
    received + sent,
  );
}

/** Why a server refuses, in the words of RFC 8446 §6.2. */
function alertFor(
  client: PlainHello,
  options: TlsServerOptions,
  keyPair: KeyPair | undefined,
  alpn: string | undefined,
): string | undefined {
  if (keyPair === undefined) return "unrecognized_name";
  if (options.alpn !== undefined && client.alpn.length > 0 && alpn === undefined) return "no_application_protocol";
  if (options.clientCertificate === "required" && client.certificate === undefined) return "certificate_required";
  return undefined;
}

function plainSecurityOf(
  agreed: Omit<Security, "version" | "cipher" | "exportKeyingMaterial">,
  transcript: string,
): Security {
  return {
    version: "plain",
    cipher: "none",
    ...agreed,
    exportKeyingMaterial: (length, label, context) =>
      new Uint8Array(hkdfSync("sha256", transcript, context, label, length)),
  };
}

function certificates(ours: PlainHello, theirs: PlainHello): Pick<Security, "ownCertificate" | "peerCertificate"> {
  const octets = ({ certificate }: PlainHello) =>
    certificate === undefined ? undefined : certificateOctets(certificate);
  return { ownCertificate: octets(ours), peerCertificate: octets(theirs) };
}

function pem(keyPair: KeyPair | undefined): string | undefined {
  return keyPair === undefined ? undefined : Buffer.from(keyPair.certificate as string).toString("utf8");
}

function notClaimed(certificate: string | undefined, name: string): ConnectionError {
  const shown = certificate === undefined ? "no certificate" : quote(certificate);
  return new ConnectionError("bad-certificate", `Cannot trust the server: ${shown} is not for ${quote(name)}`);
}

function failed(reason: string): ConnectionError {
  return new ConnectionError("handshake-failed", `Cannot agree on security: ${reason}`);
}
