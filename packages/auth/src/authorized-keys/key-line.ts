import { quote } from "@hawser/core";
import { type AuthorizedKeyOptions, readKeyOptions } from "./key-options.ts";

/** One key of an authorized_keys file. */
export interface AuthorizedKey {
  /** Such as `ssh-ed25519`. */
  readonly algorithm: string;
  /** As SSH writes it on the wire. */
  readonly key: Uint8Array;
  readonly options: AuthorizedKeyOptions;
  readonly comment: string;
}

/**
 * Reads a line of authorized_keys as sshd(8) does: options, type, key in base64, comment. `undefined` for an empty line or a
 * comment.
 * @throws {RangeError} that says what is wrong with it
 */
export function parseAuthorizedKey(line: string): AuthorizedKey | undefined {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return undefined;
  const bare = keyPattern.exec(text);
  if (bare !== null) return readKey(bare, {});
  const { options, rest } = readKeyOptions(text);
  const match = keyPattern.exec(rest);
  if (match === null) throw new RangeError(`${quote(rest.split(/\s/)[0] ?? "")} is no kind of key that we know`);
  return readKey(match, options);
}

function readKey([, algorithm, base64, comment = ""]: RegExpExecArray, options: AuthorizedKeyOptions): AuthorizedKey {
  const key = Buffer.from(base64!, "base64");
  const length = key.length < 4 ? 0 : key.readUInt32BE();
  if (key.toString("latin1", 4, 4 + length) !== algorithm)
    throw new RangeError(`the key is not of the kind ${quote(algorithm!)} that it says`);
  return { algorithm: algorithm!, key, options, comment };
}

const algorithms = [
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp(?:256|384|521)",
  "sk-ssh-ed25519@openssh\\.com",
  "sk-ecdsa-sha2-nistp256@openssh\\.com",
];

/** What {@link AuthorizedKey} is spelt as behind its options. 18 kB hold an RSA key of 65,536 bits and more. */
const keyPattern = new RegExp(`^(${algorithms.join("|")})[ \\t]+([A-Za-z0-9+/]{32,24000}={0,2})(?:[ \\t]+(.*))?$`);
