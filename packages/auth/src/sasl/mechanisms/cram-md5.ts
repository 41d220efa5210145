import { createHmac } from "node:crypto";
import type { PlainSecret } from "../../credentials.ts";
import { isSameText, readNamedDigest } from "../digest/named-digest.ts";
import { challenge, hear, logIn, reject, sayLast, secretOf } from "../exchange.ts";
import type {
  SaslClientFacts,
  SaslClientMachine,
  SaslMechanism,
  SaslServerFacts,
  SaslServerMachine,
} from "../mechanism.ts";

/**
 * HMAC-MD5 of a challenge (RFC 2195). The server must keep passwords in clear and proves nothing itself, so this is for
 * peers that know nothing better.
 */
export const cramMd5: SaslMechanism = {
  name: "CRAM-MD5",
  secrets: ["plain"],
  shows: "password",
  readable: false,
  plus: false,
  old: true,
  server: serve,
  client: speak,
};

function* serve(facts: SaslServerFacts): SaslServerMachine {
  const text = timestamp(facts);
  const { user, digest } = readNamedDigest(yield* challenge(text), "RFC 2195 §2");
  const found = yield* secretOf(user, { kind: "plain" });
  const password = (found?.secret as PlainSecret | undefined)?.password ?? "";
  if (!isSameText(digest, hmacMd5(password, text)) || found === undefined) return yield* reject(user);
  yield* logIn({ kind: "proven", user, mechanism: "CRAM-MD5", source: found.source });
  return {};
}

function* speak({ credentials: { user = "", password = "" } }: SaslClientFacts): SaslClientMachine {
  const text = yield* hear();
  yield* sayLast(`${user} ${hmacMd5(password, text)}`);
}

/** A challenge that looks like a message id and comes once (RFC 2195 §2, RFC 1939 §7). */
export function timestamp({ nonce, wallMs, host }: SaslServerFacts): string {
  return `<${nonce()}.${Math.floor(wallMs)}@${host}>`;
}

function hmacMd5(password: string, text: string | Uint8Array): string {
  return createHmac("md5", password).update(text).digest("hex");
}
