import { createHash } from "node:crypto";
import type { DigestSecret, PlainSecret, SecretRequest } from "../../credentials.ts";
import type { FoundSecret } from "../../portal.ts";
import { parseDigestDirectives, quotedDirective } from "../digest/directives.ts";
import { isSameText } from "../digest/named-digest.ts";
import { saslFault } from "../errors.ts";
import { challenge, hear, logIn, nothing, reject, sayForAnything, sayLast, secretOf } from "../exchange.ts";
import type {
  SaslClientFacts,
  SaslClientMachine,
  SaslMechanism,
  SaslServerFacts,
  SaslServerMachine,
} from "../mechanism.ts";
import { readAuthzid, readText, readUser, requireNoNul } from "../reading.ts";

/**
 * HTTP's Digest as a mechanism (RFC 2831), which RFC 6331 has moved to historic. Only `qop=auth`: no layer of its own
 * protects what follows, TLS does.
 */
export const digestMd5: SaslMechanism = {
  name: "DIGEST-MD5",
  secrets: ["plain", "digest"],
  shows: "password",
  readable: false,
  plus: false,
  old: true,
  server: serve,
  client: speak,
};

function* serve(facts: SaslServerFacts): SaslServerMachine {
  const { realm, service } = facts;
  const nonce = facts.nonce();
  const fields = ['qop="auth"', "algorithm=md5-sess", "charset=utf-8"];
  const asked = [quotedDirective("realm", realm), quotedDirective("nonce", nonce), ...fields].join(",");
  const said = directivesOf(yield* challenge(asked));
  const user = readUser(need(said, "username"), section);
  const expected = { nonce, realm, nc: "00000001", qop: "auth" };
  for (const [name, value] of Object.entries(expected))
    if ((said.get(name) ?? defaults[name]) !== value) throw unreadable(`${name} is not what was offered`);
  if (!need(said, "digest-uri").toLowerCase().startsWith(`${service}/`)) throw unreadable("it is for another service");

  const found = yield* secretOf(user, requestFor(facts));
  // RFC 2831 §2.1.2 forbids an empty one; GNU SASL sends it, and leaves it out of the proof.
  const authzid = said.get("authzid") || undefined;
  const proof = proofs(userHash(found, need(said, "username"), realm), { ...exchangeOf(said, nonce), authzid });
  if (!isSameText(need(said, "response").toLowerCase(), proof.client) || found === undefined)
    return yield* reject(user);
  const credentials = { kind: "proven", user, mechanism: "DIGEST-MD5", source: found.source } as const;
  yield* logIn(credentials, readAuthzid(authzid, section));
  return { data: Buffer.from(`rspauth=${proof.server}`) };
}

function* speak(facts: SaslClientFacts): SaslClientMachine {
  const { user = "", password = "", authzid } = facts.credentials;
  const asked = directivesOf(yield* hear());
  const realm = asked.get("realm") ?? facts.host;
  const nonce = need(asked, "nonce");
  if (!/(?:^|[\s,])auth(?:$|[\s,])/i.test(asked.get("qop") ?? "auth")) throw unreadable("the server wants a layer");
  const exchange = { nonce, cnonce: facts.nonce(), uri: `${facts.service}/${facts.host}`, authzid };
  const proof = proofs(digestOf(requireNoNul(user), realm, requireNoNul(password)), exchange);
  const words = [
    "charset=utf-8",
    quotedDirective("username", user),
    quotedDirective("realm", realm),
    quotedDirective("nonce", nonce),
    "nc=00000001",
    quotedDirective("cnonce", exchange.cnonce),
    quotedDirective("digest-uri", exchange.uri),
    `response=${proof.client}`,
    "qop=auth",
    ...(authzid === undefined ? [] : [quotedDirective("authzid", authzid)]),
  ];
  const { data, last } = yield* sayForAnything(words.join(","));
  if (!isSameText(need(directivesOf(data), "rspauth"), proof.server))
    throw saslFault("unproven-server", "Cannot trust the server: it does not know the password", "RFC 2831 §2.1.3");
  if (!last) yield* sayLast(nothing);
}

/** The hash for our realm, else the password itself. One is asked for, since a portal counts each question. */
function requestFor({ secrets, realm }: SaslServerFacts): SecretRequest {
  return secrets.has("digest") ? { kind: "digest", algorithm: "MD5", realm } : { kind: "plain" };
}

function userHash(found: FoundSecret | undefined, user: string, realm: string): Buffer {
  const secret = found?.secret as PlainSecret | DigestSecret | undefined;
  if (secret?.kind === "digest") return Buffer.from(secret.hash, "hex");
  return digestOf(user, realm, secret?.password ?? "");
}

/** What both sides put into the hashes. */
interface DigestExchange {
  readonly nonce: string;
  readonly cnonce: string;
  readonly uri: string;
  readonly authzid: string | undefined;
}

function exchangeOf(said: ReadonlyMap<string, string>, nonce: string): Omit<DigestExchange, "authzid"> {
  return { nonce, cnonce: need(said, "cnonce"), uri: need(said, "digest-uri") };
}

/** `response` and `rspauth` (RFC 2831 §2.1.2.1, §2.1.3). */
function proofs(secret: Buffer, { nonce, cnonce, uri, authzid }: DigestExchange): Record<"client" | "server", string> {
  const session = `:${nonce}:${cnonce}${authzid === undefined ? "" : `:${authzid}`}`;
  const key = createHash("md5").update(secret).update(session).digest("hex");
  const over = (a2: string) => md5(`${key}:${nonce}:00000001:${cnonce}:auth:${md5(a2)}`);
  return { client: over(`AUTHENTICATE:${uri}`), server: over(`:${uri}`) };
}

/** H(user:realm:password), each in ISO 8859-1 where that can say it and in UTF-8 where not (RFC 2831 §2.1.2.1). */
function digestOf(user: string, realm: string, password: string): Buffer {
  const octets = (text: string) => Buffer.from(text, /^[\x00-\xff]*$/.test(text) ? "latin1" : "utf8");
  const colon = Buffer.from(":");
  return createHash("md5")
    .update(Buffer.concat([octets(user), colon, octets(realm), colon, octets(password)]))
    .digest();
}

function directivesOf(octets: Uint8Array): ReadonlyMap<string, string> {
  return parseDigestDirectives(readText(octets, section));
}

function need(said: ReadonlyMap<string, string>, name: string): string {
  const value = said.get(name);
  if (value === undefined || value === "") throw unreadable(`there is no ${name}`);
  return value;
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function unreadable(why: string): Error {
  return saslFault("bad-message", `Cannot read the message: ${why}`, section);
}

/** RFC 2831 §2.1.2: what an absent directive means. */
const defaults: Readonly<Record<string, string>> = { qop: "auth", realm: "" };
const section = "RFC 2831 §2.1.2";
