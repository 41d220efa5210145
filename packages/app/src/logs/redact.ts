/** What stands in a log for something that nobody is to read there. */
const censored = "[redacted]";

/** A record is cut where it would be more than anybody reads; what came from a peer decides nothing of a line's size. */
export const recordLimits = { depth: 6, members: 100, textLength: 16_384 } as const;

/** Names whose value is a secret wherever they stand: `authorization`, `set-cookie`, `userPassword`, `API_KEY`. */
const secretNames = /authorization|cookie|passw(or)?d|passphrase|secret|token|credential|private.?key|api.?key/i;

/** `Authorization: Basic …`, up to the end of the line: the scheme and what follows it are several words. */
const secretFields = /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\r\n]+/gi;

/** `password=…`, `"token": "…"`, `--passphrase …`, up to the end of the value. */
const secretPairs =
  /((?:passw(?:or)?d|passphrase|secret|token|api[-_]?key)["']?(?:\s*[:=]\s*|\s+(?=["'])))(\[redacted\]|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s&;,)}\]]+)/gi;

/** `user:secret@` of a URL; the scheme and the host stay. */
const userinfo = /\b([a-z][a-z\d+.-]{0,31}:\/\/)[^\s/?#@"'<>]{1,1024}@/gi;

/** A text without what looks like a password, a token, a cookie or a URL's user. */
export function withoutSecrets(text: string): string {
  return cut(text)
    .replace(userinfo, `$1${censored}@`)
    .replace(secretFields, `$1$2${censored}`)
    .replace(secretPairs, (all, name: string, value: string) => (value === censored ? all : name + censored));
}

/**
 * A copy of a record for a log: values under secret names are censored at any depth, texts pass {@link withoutSecrets},
 * errors become plain objects, and what is deeper or longer than {@link recordLimits} is cut.
 */
export function redactedRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return members(Object.entries(record), recordLimits.depth);
}

function redactedValue(name: string, value: unknown, depth: number): unknown {
  if (secretNames.test(name) && value !== undefined && typeof value !== "boolean") return censored;
  if (typeof value === "string") return withoutSecrets(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  return redactedObject(value, depth);
}

function redactedObject(value: object, depth: number): unknown {
  if (depth === 0) return "…";
  if (value instanceof Error) return errorRecord(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} octets`;
  if (value instanceof Map || value instanceof Set) return redactedObject([...value], depth);
  if (Array.isArray(value))
    return value.slice(0, recordLimits.members).map((item) => redactedValue("", item, depth - 1));
  return members(Object.entries(value), depth - 1);
}

/** The fields that pino's readers know. */
function errorRecord(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...more } = error as Error & Record<string, unknown>;
  return {
    type: name,
    message: withoutSecrets(String(message)),
    ...(stack === undefined ? {} : { stack: withoutSecrets(String(stack)) }),
    ...(cause === undefined ? {} : { cause: redactedValue("", cause, depth - 1) }),
    ...members(Object.entries(more), depth - 1),
  };
}

function members(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
  const kept = entries.slice(0, recordLimits.members);
  return Object.fromEntries(kept.map(([name, value]) => [name, redactedValue(name, value, depth)]));
}

function cut(text: string): string {
  const { textLength } = recordLimits;
  return text.length <= textLength ? text : `${text.slice(0, textLength)}… (${text.length} characters)`;
}
