import { timingSafeEqual } from "node:crypto";
import { quote } from "@hawser/core";
import type { ScramHash, ScramSecret } from "../../credentials.ts";
import type { SaslChannelBindings } from "../channel-binding/channel-binding.ts";
import { SaslError, saslFault } from "../errors.ts";
import {
  challenge,
  clientFirst,
  derive,
  logIn,
  nothing,
  reject,
  say,
  sayForAnything,
  sayLast,
  secretOf,
} from "../exchange.ts";
import type {
  SaslClientFacts,
  SaslClientMachine,
  SaslMechanism,
  SaslServerFacts,
  SaslServerMachine,
} from "../mechanism.ts";
import { readAuthzid, readText, readUser } from "../reading.ts";
import { disguisedScramSecret } from "../scram/disguise.ts";
import {
  isScramProof,
  preparePassword,
  scramClientProof,
  scramServerKey,
  scramServerSignature,
} from "../scram/keys.ts";
import {
  formatScramClientFinal,
  formatScramClientFirstBare,
  formatScramHeader,
  formatScramServerFirst,
  parseScramClientFinal,
  parseScramClientFirst,
  parseScramServerFinal,
  parseScramServerFirst,
  type ScramBindingFlag,
  type ScramServerFirst,
} from "../scram/messages.ts";

/** One of the six: a hash, bound to the connection or not. */
interface ScramForm {
  readonly name: string;
  readonly hash: ScramHash;
  readonly plus: boolean;
}

/** SCRAM with a hash (RFC 5802, RFC 7677), and with `plus` bound to the TLS connection. */
export function scram(hash: ScramHash, plus: boolean): SaslMechanism {
  const name = `SCRAM-${hashNames[hash]}${plus ? "-PLUS" : ""}`;
  const form: ScramForm = { name, hash, plus };
  return {
    name,
    secrets: ["scram"],
    shows: "password",
    readable: false,
    plus,
    old: false,
    server: (facts) => serve(form, facts),
    client: (facts) => speak(form, facts),
  };
}

const hashNames: Readonly<Record<ScramHash, string>> = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" };

function* serve(form: ScramForm, facts: SaslServerFacts): SaslServerMachine {
  const first = parseScramClientFirst(readText(yield* clientFirst(), "RFC 5802 §7"));
  const binding = boundTo(form, first.header.flag, facts);
  const user = readUser(first.user, "RFC 5802 §5.1");
  const authzid = readAuthzid(first.header.authzid, "RFC 5802 §5.1");
  const found = yield* secretOf(user, { kind: "scram", hash: form.hash });
  const secret = (found?.secret as ScramSecret | undefined) ?? disguisedScramSecret(facts.disguise, user, form.hash);

  const nonce = first.nonce + facts.nonce();
  const serverFirst = formatScramServerFirst({ nonce, salt: secret.salt, iterations: secret.iterations });
  const final = parseScramClientFinal(readText(yield* challenge(serverFirst), "RFC 5802 §7"));
  if (final.nonce !== nonce)
    throw saslFault("bad-nonce", "Cannot take the proof: it is for another exchange", "RFC 5802 §5.1");
  requireBinding(final.binding, Buffer.concat([Buffer.from(first.header.text), binding]));

  const authMessage = `${first.bare},${serverFirst},${final.withoutProof}`;
  if (!isScramProof(secret, authMessage, final.proof) || found === undefined) return yield* reject(user);
  yield* logIn({ kind: "proven", user, mechanism: form.name, source: found.source }, authzid);
  return { data: Buffer.from(`v=${base64(scramServerSignature(secret, authMessage))}`) };
}

function* speak(form: ScramForm, facts: SaslClientFacts): SaslClientMachine {
  const { user = "", password = "", authzid } = facts.credentials;
  const flag = flagFor(form, facts);
  const header = formatScramHeader(flag, authzid);
  const nonce = facts.nonce();
  const bare = formatScramClientFirstBare(readUser(user, "RFC 5802 §5.1"), nonce);
  const serverText = readText(yield* say(header + bare), "RFC 5802 §7");
  const serverFirst = parseScramServerFirst(serverText);
  requireSensible(serverFirst, nonce, facts);

  const { salt, iterations } = serverFirst;
  const key = yield* derive({ hash: form.hash, password: preparePassword(password), salt, iterations });
  const channel = flag.type === "used" ? bindingNamed(facts.bindings, flag.name)! : nothing;
  const withoutProof = formatScramClientFinal(Buffer.concat([Buffer.from(header), channel]), serverFirst.nonce);
  const authMessage = `${bare},${serverText},${withoutProof}`;
  const proof = base64(scramClientProof(form.hash, key, authMessage));
  const { data, last } = yield* sayForAnything(`${withoutProof},p=${proof}`);
  const serverKey = scramServerKey(form.hash, key);
  requireSignature(data, scramServerSignature({ hash: form.hash, serverKey }, authMessage));
  if (!last) yield* sayLast(nothing);
}

/** The octets that a client must bind to by what its flag says (RFC 5802 §6). */
function boundTo(form: ScramForm, flag: ScramBindingFlag, facts: SaslServerFacts): Uint8Array {
  if (flag.type === "used" && form.plus) {
    const octets = bindingNamed(facts.bindings, flag.name);
    if (octets !== undefined) return octets;
    throw saslFault(
      "bad-binding",
      `Cannot bind to ${quote(flag.name)}: this connection has no such thing`,
      "RFC 5802 §6",
    );
  }
  if (flag.type === "used" || form.plus)
    throw saslFault("bad-binding", `Cannot use ${form.name}: the client's flag says otherwise`, "RFC 5802 §6");
  if (flag.type === "unoffered" && facts.offersPlus)
    throw saslFault("downgrade", "Cannot go on: the client was not shown the mechanisms with -PLUS", "RFC 5802 §6");
  return nothing;
}

function requireBinding(said: Uint8Array, expected: Uint8Array): void {
  if (said.length === expected.length && timingSafeEqual(said, expected)) return;
  throw saslFault("bad-binding", "Cannot trust the connection: the client is bound to another one", "RFC 5802 §6");
}

/** RFC 5802 §6: `y` says that the server might bind and does not offer it; a server that does knows then that it was hidden. */
function flagFor(form: ScramForm, { bindings, plusOffered }: SaslClientFacts): ScramBindingFlag {
  const [name] = bindings.keys();
  if (name === undefined) return { type: "none" };
  if (form.plus) return { type: "used", name };
  return { type: plusOffered ? "none" : "unoffered" };
}

/** RFC 5802 §5.1, RFC 7677 §4: a server's nonce begins with ours, and its iterations are neither too few nor too many. */
function requireSensible({ nonce, iterations }: ScramServerFirst, ours: string, facts: SaslClientFacts): void {
  if (!nonce.startsWith(ours) || nonce.length === ours.length)
    throw saslFault("bad-nonce", "Cannot trust the server: its nonce does not continue ours", "RFC 5802 §5.1");
  if (iterations < facts.iterationsMin)
    throw saslFault("weak", `Cannot use ${iterations} iterations: ${facts.iterationsMin} are the least`, "RFC 7677 §4");
  if (iterations > facts.iterationsMax)
    throw saslFault(
      "costly",
      `Cannot use ${iterations} iterations: ${facts.iterationsMax} are the most`,
      "RFC 5802 §9",
    );
}

function requireSignature(octets: Uint8Array, expected: Uint8Array): void {
  const final = parseScramServerFinal(readText(octets, "RFC 5802 §7"));
  if (final.type === "error") throw new SaslError("refused", `Cannot log in: the server says ${quote(final.error)}`);
  const { signature } = final;
  if (signature.length === expected.length && timingSafeEqual(signature, expected)) return;
  throw saslFault("unproven-server", "Cannot trust the server: it does not know the password", "RFC 5802 §5.1");
}

function bindingNamed(bindings: SaslChannelBindings, name: string): Uint8Array | undefined {
  return (bindings as ReadonlyMap<string, Uint8Array>).get(name);
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
