import { quote } from "@hawser/core";

/**
 * What an authorized_keys line allows and forbids, by option in lower case. A value is a list, as some options may be given
 * several times; it is empty for options without a value.
 */
export type AuthorizedKeyOptions = Readonly<Record<string, readonly string[]>>;

/** The options of sshd(8), and whether they have a value. One that we do not know may forbid something, so it voids its key. */
const known: Readonly<Record<string, boolean>> = {
  "agent-forwarding": false,
  command: true,
  environment: true,
  "expiry-time": true,
  from: true,
  "no-agent-forwarding": false,
  "no-port-forwarding": false,
  "no-pty": false,
  "no-touch-required": false,
  "no-user-rc": false,
  "no-x11-forwarding": false,
  permitlisten: true,
  permitopen: true,
  "port-forwarding": false,
  pty: false,
  restrict: false,
  tunnel: true,
  "user-rc": false,
  "verify-required": false,
  "x11-forwarding": false,
};

/** Options, and what follows them on the line. */
interface ReadOptions {
  readonly options: AuthorizedKeyOptions;
  readonly rest: string;
}

/** Reads `restrict,from="10.0.0.0/8",command="say \"hi\""` up to the space behind it. @throws {RangeError} */
export function readKeyOptions(text: string): ReadOptions {
  const options: Record<string, readonly string[]> = {};
  let at = 0;
  for (;;) {
    optionPattern.lastIndex = at;
    const match = optionPattern.exec(text);
    if (match === null) throw new RangeError(`what begins with ${quote(text.slice(at, at + 20))} is no option`);
    const [whole, spelled = "", value] = match;
    const name = spelled.toLowerCase();
    checkOption(name, value);
    options[name] = [...(options[name] ?? []), ...(value === undefined ? [] : [value.replaceAll('\\"', '"')])];
    at += whole.length;
    if (text[at] !== ",") return { options, rest: text.slice(at).trimStart() };
    at++;
  }
}

/** Spells options as they stand in a file. */
export function formatKeyOptions(options: AuthorizedKeyOptions): string {
  return Object.entries(options)
    .flatMap(([name, values]) =>
      values.length === 0 ? [name] : values.map((value) => `${name}="${value.replaceAll('"', '\\"')}"`),
    )
    .join(",");
}

function checkOption(name: string, value: string | undefined): void {
  if (name === "cert-authority" || name === "principals")
    throw new RangeError("it is the key of an authority, and certificates are not supported");
  if (!Object.hasOwn(known, name)) throw new RangeError(`there is no option ${quote(name)}`);
  if (known[name] !== (value !== undefined))
    throw new RangeError(`the option ${quote(name)} ${known[name] ? "needs a value in quotes" : "takes no value"}`);
}

const optionPattern = /([A-Za-z0-9-]+)(?:="((?:[^"\\]|\\.)*)")?(?=[, \t]|$)/y;
