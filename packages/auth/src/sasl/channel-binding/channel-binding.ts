import { createHash } from "node:crypto";
import type { Security } from "@hawser/core";
import { certificateHash } from "./certificate-hash.ts";

/** The ways to bind a login to its TLS connection that we know (RFC 9266, RFC 5929 §4), best first. */
export type SaslChannelBindingName = "tls-exporter" | "tls-server-end-point";

/** What a connection can be bound to: octets that both ends know and nobody between them can arrange. */
export type SaslChannelBindings = ReadonlyMap<SaslChannelBindingName, Uint8Array>;

/** No binding: a connection in clear, or one whose TLS ends elsewhere. */
export const noChannelBindings: SaslChannelBindings = new Map();

/** What a connection can be bound to, best first; `side` is ours. */
export function channelBindingsOf(security: Security | undefined, side: "client" | "server"): SaslChannelBindings {
  if (security === undefined) return noChannelBindings;
  const certificate = side === "server" ? security.ownCertificate : security.peerCertificate;
  const found: [SaslChannelBindingName, Uint8Array | undefined][] = [
    ["tls-exporter", exported(security)],
    ["tls-server-end-point", certificate && endPoint(certificate, security)],
  ];
  return new Map(found.filter((one): one is [SaslChannelBindingName, Uint8Array] => one[1] !== undefined));
}

/**
 * RFC 9266 §2. Before TLS 1.3 the key is one connection's own only with an extension that node:tls does not tell of
 * (RFC 9266 §3), so it is not taken there.
 */
function exported(security: Security): Uint8Array | undefined {
  if (security.version !== "TLSv1.3" && security.version !== "plain") return undefined;
  try {
    return security.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", new Uint8Array(0));
  } catch {
    return undefined; // the connection is gone, and so will be whoever asks
  }
}

function endPoint(certificate: Uint8Array, security: Security): Uint8Array | undefined {
  const hash = security.version === "plain" ? "sha256" : certificateHash(certificate);
  return hash === undefined ? undefined : createHash(hash).update(certificate).digest();
}
