import { ConnectionError, type ConnectionErrorCode, HawserError } from "../errors.ts";
import { connectionError } from "./errors.ts";

/** Why a certificate was not accepted, by the code OpenSSL and node:tls give. */
const certificateFaults: Readonly<Record<string, string>> = {
  CERT_CHAIN_TOO_LONG: "its chain is too long",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  CERT_REJECTED: "it is not trusted for this purpose",
  CERT_REVOKED: "it has been revoked",
  CERT_SIGNATURE_FAILURE: "its signature is wrong",
  CERT_UNTRUSTED: "its issuer is not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for other names",
  INVALID_CA: "its issuer is not an authority",
  INVALID_PURPOSE: "it is not meant for this purpose",
  SELF_SIGNED_CERT_IN_CHAIN: "its issuer is unknown (a self-signed authority)",
  UNABLE_TO_GET_ISSUER_CERT: "its issuer is unknown",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its issuer is unknown",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its issuer is unknown",
};

/** Alerts and local failures that people meet, by the end of OpenSSL's code. The first match wins. */
const handshakeFaults: readonly (readonly [RegExp, ConnectionErrorCode, string])[] = [
  [/ALERT_(CERTIFICATE_REQUIRED|NO_CERTIFICATE)/, "bad-certificate", "the other side wants a certificate"],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)/,
    "bad-certificate",
    "the other side refused our certificate",
  ],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, "bad-certificate", "it sent no certificate"],
  [/NO_APPLICATION_PROTOCOL/, "handshake-failed", "no application protocol in common (ALPN)"],
  [/ALERT_UNRECOGNIZED_NAME|TLSV1_UNRECOGNIZED_NAME/, "handshake-failed", "the other side does not serve this name"],
  [/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, "handshake-failed", "no TLS version in common"],
  [
    /NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|PASSED_A_NULL/,
    "handshake-failed",
    "there is no certificate for this name, or no cipher in common",
  ],
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE/,
    "handshake-failed",
    "what was received is not TLS",
  ],
  [
    /ALERT_HANDSHAKE_FAILURE/,
    "handshake-failed",
    "the other side refused (no certificate for this name, or no cipher in common)",
  ],
];

/** Says what TLS failed at. `certificateFault` is the verdict on the peer's certificate, where there was one. */
export function tlsError(what: string, cause: unknown, certificateFault?: string): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  const code = certificateFault ?? (cause as NodeJS.ErrnoException).code ?? "";
  const fault = certificateFaults[code];
  if (fault !== undefined || certificateFault !== undefined)
    return new ConnectionError("bad-certificate", `${what}: bad certificate: ${fault ?? code}`, { cause });
  for (const [pattern, kind, text] of handshakeFaults)
    if (pattern.test(code)) return new ConnectionError(kind, `${what}: ${text}`, { cause });
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS") || cause instanceof HawserError)
    return new ConnectionError("handshake-failed", `${what}: ${(cause as Error).message.trim()}`, { cause });
  return connectionError(what, cause);
}
