/** What OAUTHBEARER and XOAUTH2 have in common. */
import { quote } from "@hawser/core";
import { LoginError } from "../../errors.ts";
import { saslFault } from "../errors.ts";
import { logIn } from "../exchange.ts";
import { saslLimits } from "../limits.ts";
import type { SaslServerAnswer, SaslServerRequest } from "../mechanism.ts";
import { readText } from "../reading.ts";

/** Logs in by the `auth` field. @returns the refusal, which the client is told the reason of before it is final */
export function* logInByToken(
  fields: ReadonlyMap<string, string>,
  user: string | undefined,
): Generator<SaslServerRequest, LoginError | undefined, SaslServerAnswer> {
  const [, token] = bearer.exec(fields.get("auth") ?? "") ?? [];
  if (token === undefined) throw saslFault("bad-message", "Cannot log in: there is no bearer token", "RFC 7628 §3.1");
  try {
    yield* logIn({ kind: "bearer", token, user });
    return undefined;
  } catch (error) {
    if (error instanceof LoginError && (error.code === "bad-credentials" || error.code === "no-avatar")) return error;
    throw error;
  }
}

// kvpair = key "=" value kvsep; one more kvsep ends them
/** Reads the fields behind the header. @throws {SaslProtocolError} */
export function readTokenFields(text: string, section: string): ReadonlyMap<string, string> {
  if (!text.endsWith("\x01\x01")) throw saslFault("bad-message", "Cannot read the message: it has no end", section);
  const fields = text.slice(0, -2).split("\x01", saslLimits.fieldsMax);
  const pairs = fields.map((field) => /^([A-Za-z]+)=([\t\n\r\x20-\x7e]*)$/.exec(field));
  if (pairs.includes(null))
    throw saslFault("bad-message", "Cannot read the message: a field is not key=value", section);
  return new Map(pairs.map((pair) => [pair![1]!.toLowerCase(), pair![2]!]));
}

/** A token that may be written. @throws {TypeError} */
export function requireToken(token: string | undefined): string {
  if (token !== undefined && bearer.test(`Bearer ${token}`)) return token;
  throw new TypeError("Cannot send the token: it is missing, or has characters that no token has");
}

/** A name that can stand in a message whose fields end with ^A. @throws {TypeError} for any other */
export function requireFieldName(user: string): string {
  if (/[\0\x01]/.test(user)) throw new TypeError("Cannot log in: the user has a NUL or a ^A");
  return user;
}

/** What a server has against a token, as text for people. */
export function refusalOf(data: Uint8Array, octetsMax: number): string {
  return `Cannot log in: the server says ${quote(readText(data, "RFC 7628 §3.2.2", octetsMax))}`;
}

// RFC 6750 §2.1: b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
