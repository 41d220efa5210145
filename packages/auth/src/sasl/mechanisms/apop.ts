import { createHash } from "node:crypto";
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
import { timestamp } from "./cram-md5.ts";

/**
 * POP3's own command (RFC 1939 §7): the challenge stands in the greeting, and the answer is what follows `APOP`. MD5 of a
 * password in clear; for peers that know nothing better. Its challenge waits while the client may begin another mechanism,
 * so let a {@link SaslServer} of its own serve it.
 */
export const apop: SaslMechanism = {
  name: "APOP",
  secrets: ["plain"],
  shows: "password",
  readable: false,
  plus: false,
  old: true,
  unlisted: true,
  server: serve,
  client: speak,
};

function* serve(facts: SaslServerFacts): SaslServerMachine {
  const text = timestamp(facts);
  const { user, digest } = readNamedDigest(yield* challenge(text), "RFC 1939 §7");
  const found = yield* secretOf(user, { kind: "plain" });
  const password = (found?.secret as PlainSecret | undefined)?.password ?? "";
  if (!isSameText(digest, md5(text, password)) || found === undefined) return yield* reject(user);
  yield* logIn({ kind: "proven", user, mechanism: "APOP", source: found.source });
  return {};
}

function* speak({ credentials: { user = "", password = "" } }: SaslClientFacts): SaslClientMachine {
  const text = yield* hear();
  yield* sayLast(`${user} ${md5(text, password)}`);
}

function md5(text: string | Uint8Array, password: string): string {
  return createHash("md5").update(text).update(password).digest("hex");
}
