/** What mechanisms yield, as words: `const message = yield* clientFirst()`. */
import { StateError } from "@hawser/core";
import type { Credentials, SecretRequest } from "../credentials.ts";
import type { FoundSecret } from "../portal.ts";
import { saslFault } from "./errors.ts";
import type {
  SaslClientAnswer,
  SaslClientRequest,
  SaslDerivation,
  SaslServerAnswer,
  SaslServerRequest,
} from "./mechanism.ts";

type ServerStep<Result> = Generator<SaslServerRequest, Result, SaslServerAnswer>;
type ClientStep<Result> = Generator<SaslClientRequest, Result, SaslClientAnswer>;

/** What the client sends first: with its command, or as the answer to an empty challenge (RFC 4422 §3.3). */
export function* clientFirst(): ServerStep<Uint8Array> {
  return expectResponse(yield { type: "challenge", data: nothing, first: true });
}

/** Sends a challenge, unless the client has answered it with its command already. */
export function* challengeUnlessSaid(data: Uint8Array | string): ServerStep<Uint8Array> {
  return expectResponse(yield { type: "challenge", data: Buffer.from(data), first: true });
}

/** Sends a challenge and gives the response. */
export function* challenge(data: Uint8Array | string): ServerStep<Uint8Array> {
  return expectResponse(yield { type: "challenge", data: Buffer.from(data), first: false });
}

/** Looks up what proves a user. */
export function* secretOf(user: string, request: SecretRequest): ServerStep<FoundSecret | undefined> {
  const answer = yield { type: "secret", user, request };
  if (answer.type !== "secret") throw unasked();
  return answer.found;
}

/** Logs in, or ends the exchange with the refusal. */
export function* logIn(credentials: Credentials, authzid?: string | undefined): ServerStep<void> {
  yield { type: "login", credentials, authzid };
}

/** Ends the exchange: the proof was wrong. */
export function* reject(user: string): ServerStep<never> {
  yield { type: "reject", user };
  throw unasked();
}

/** Says something and gives what the server says to it, which must not be the end yet. */
export function* say(data: Uint8Array | string): ClientStep<Uint8Array> {
  const { data: heard, last } = yield* sayForAnything(data);
  if (!last) return heard;
  throw saslFault("out-of-turn", "Cannot trust the server: it says that all is well too early", "RFC 4422 §3.6");
}

/** Says something; the server may answer it with a challenge or with its success. */
export function* sayForAnything(data: Uint8Array | string): ClientStep<SaslServerWord> {
  return expectWord(yield { type: "response", data: Buffer.from(data) });
}

/** Says the last thing: nothing but success may follow. */
export function* sayLast(data: Uint8Array | string): ClientStep<void> {
  const { last } = yield* sayForAnything(data);
  if (!last) throw saslFault("out-of-turn", "Cannot answer the server: nothing is left to say", "RFC 4422 §3.4");
}

/** Answers a server that has said what it has against us. It must refuse us now. */
export function* admitRefusal(data: Uint8Array | string, refusal: string): ClientStep<never> {
  yield { type: "response", data: Buffer.from(data), refusal };
  throw saslFault("out-of-turn", "Cannot trust the server: it has refused us, and goes on", "RFC 4422 §3.6");
}

/** Lets the server speak first. */
export function* hear(): ClientStep<Uint8Array> {
  const { data, last } = expectWord(yield { type: "response", data: undefined });
  if (!last) return data;
  throw saslFault("out-of-turn", "Cannot trust the server: it says that all is well too early", "RFC 4422 §3.6");
}

/** Derives a key. */
export function* derive(asked: Omit<SaslDerivation, "type">): ClientStep<Uint8Array> {
  const answer = yield { type: "derive", ...asked };
  if (answer.type !== "key") throw unasked();
  return answer.key;
}

/** What a server says: a challenge, or with `last` its success. */
export type SaslServerWord = Extract<SaslClientAnswer, { readonly type: "server" }>;

function expectResponse(answer: SaslServerAnswer): Uint8Array {
  if (answer.type !== "response") throw unasked();
  return answer.data;
}

function expectWord(answer: SaslClientAnswer): SaslServerWord {
  if (answer.type !== "server") throw unasked();
  return answer;
}

/** A driver that answers something else than it was asked. */
function unasked(): StateError {
  return new StateError("Cannot go on: the mechanism has asked for something else");
}

/** A message without octets. */
export const nothing: Uint8Array = new Uint8Array(0);
