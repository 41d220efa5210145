import { type HttpField, httpListField } from "./field.ts";
import { formatToken, isHttpToken } from "./lexer.ts";

/** A protocol to change to: `websocket`, `HTTP/2.0` (RFC 9110 §7.8). */
export interface HttpUpgradeProtocol {
  /** As it was sent; compare without case. */
  readonly name: string;
  readonly version?: string | undefined;
}

/** `Upgrade`, the most wanted first. */
export const upgradeField: HttpField<readonly HttpUpgradeProtocol[]> = httpListField(
  "Upgrade",
  "skip",
  parseProtocol,
  formatProtocol,
);

function parseProtocol(text: string): HttpUpgradeProtocol | undefined {
  const [, name, version] = /^([^/\s]+)(?:\/([^/\s]+))?$/.exec(text) ?? [];
  if (name === undefined || !isHttpToken(name) || (version !== undefined && !isHttpToken(version))) return undefined;
  return { name, ...(version !== undefined && { version }) };
}

function formatProtocol({ name, version }: HttpUpgradeProtocol): string {
  return formatToken(name) + (version === undefined ? "" : `/${formatToken(version)}`);
}
