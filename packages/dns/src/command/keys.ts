import { UsageError } from "@hawser/core";
import { DnsTextError } from "../errors.ts";
import { parseTsigKey, type TsigKey } from "../tsig/key.ts";

/** Reads `hmac-sha256:name:base64`. @throws {UsageError} which does not tell the secret */
export function tsigKeyOf(text: string): TsigKey {
  try {
    return parseTsigKey(text.trim());
  } catch (error) {
    if (error instanceof DnsTextError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/**
 * The keys of a file: statements as BIND's `tsig-keygen` writes them, or lines like `hmac-sha256:name:base64`, with
 * comments after `#` and `//`.
 * @throws {UsageError} which does not tell a secret
 */
export function tsigKeysIn(text: string): readonly TsigKey[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/(^|\s)(#|\/\/).*$/gm, " ");
  const statements = [...plain.matchAll(statement)];
  if (statements.length > 0) return statements.map(([, name, body]) => keyOfStatement(name!, body!));
  const lines = plain.split("\n").filter((line) => line.trim() !== "");
  return lines.map(tsigKeyOf);
}

/** `key "name" { algorithm hmac-sha256; secret "…"; };` */
const statement = /\bkey\s+"?([^\s"{]+)"?\s*\{([^}]*)\}/g;

function keyOfStatement(name: string, body: string): TsigKey {
  const algorithm = /\balgorithm\s+"?([\w-]+)"?\s*;/.exec(body)?.[1] ?? "hmac-sha256";
  const secret = /\bsecret\s+"?([A-Za-z0-9+/=]+)"?\s*;/.exec(body)?.[1];
  if (secret === undefined) throw new UsageError("Cannot read the TSIG key: its statement has no secret");
  return tsigKeyOf(`${algorithm}:${name}:${secret}`);
}
