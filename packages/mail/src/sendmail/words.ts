import { quote } from "@hawser/core/protocol";
import type { SmtpNotify } from "../smtp/words.ts";
import { SendmailError } from "./errors.ts";
import type { SendmailErrorMode, SendmailRequest } from "./request.ts";

/**
 * Reads the words of `sendmail` as getopt(3) does: letters may stand together (`-tif user`), a value follows its letter or is
 * the next word, `--` or the first word that is no option begins the recipients.
 *
 * No word names a file that is read or written: programs pass on to `sendmail` what strangers have typed (CVE-2016-10033).
 * @throws {SendmailError} `usage`
 */
export function parseSendmailWords(words: readonly string[]): SendmailRequest {
  let request = nothingSaid;
  let at = 0;
  while (/^-./s.test(words[at] ?? "") && words[at] !== "--") {
    const { said, taken } = readWord(words[at]!, words[at + 1]);
    request = { ...request, ...said };
    at += taken;
  }
  return consistent({ ...request, recipients: words.slice(words[at] === "--" ? at + 1 : at) });
}

/** What the letters of a word say, and how many words that took. */
interface ReadWord {
  readonly said: Partial<SendmailRequest>;
  readonly taken: 1 | 2;
}

function readWord(word: string, next: string | undefined): ReadWord {
  let said: Partial<SendmailRequest> = {};
  for (let i = 1; i < word.length; i++) {
    const option = optionOf(word[i]!);
    const attached = word.slice(i + 1);
    if (option.value === "none") said = { ...said, ...option.read("") };
    else if (attached !== "" || option.value === "attached")
      return { said: { ...said, ...option.read(attached) }, taken: 1 };
    else if (next !== undefined) return { said: { ...said, ...option.read(next) }, taken: 2 };
    else throw usage(`-${word[i]} needs a value`);
  }
  return { said, taken: 1 };
}

function optionOf(letter: string): SendmailOption {
  const option = Object.hasOwn(sendmailOptions, letter) ? sendmailOptions[letter] : undefined;
  if (option === undefined) throw usage(`there is no option -${quote(letter)}`);
  return option;
}

/** An option: whether it has a value (`attached`: only in the same word), and what it says. */
interface SendmailOption {
  readonly value: "attached" | "needed" | "none";
  read(value: string): Partial<SendmailRequest>;
}

const nothingSaid: SendmailRequest = {
  mode: "submit",
  recipients: [],
  headerRecipients: false,
  dotEnds: true,
  errorMode: "print",
  isGateway: false,
  isVerbose: false,
};

const ignored: SendmailOption = { value: "none", read: () => ({}) };
const ignoredValue: SendmailOption = { value: "needed", read: () => ({}) };
const sender: SendmailOption = { value: "needed", read: (text) => ({ sender: withoutAngles(text) }) };

/** Every letter that is taken. What is ignored is what Sendmail or Postfix ignores, or what has no meaning here. */
const sendmailOptions: Readonly<Record<string, SendmailOption>> = {
  A: ignoredValue, // -Ac, -Am: which configuration
  B: { value: "needed", read: readBody },
  C: ignoredValue, // a configuration: see above
  F: { value: "needed", read: (fullName) => ({ fullName }) },
  G: { value: "none", read: () => ({ isGateway: true }) },
  I: { value: "none", read: () => ({ mode: "aliases" }) },
  L: ignoredValue, // what the system's log calls it
  N: { value: "needed", read: readNotify },
  O: { value: "needed", read: readLongOption },
  R: { value: "needed", read: readRet },
  T: ignoredValue, // how long the queue tries
  U: ignored, // a first submission
  V: { value: "needed", read: readEnvid },
  b: { value: "needed", read: readMode },
  c: ignored,
  d: { value: "attached", read: () => ({}) }, // debugging
  e: { value: "needed", read: readErrorMode },
  f: sender,
  h: { value: "needed", read: readHops },
  i: { value: "none", read: () => ({ dotEnds: false }) },
  m: ignored, // the sender is one of an alias
  n: ignored, // aliases are followed by the server that gets the message
  o: { value: "needed", read: readShortOption },
  p: ignoredValue, // by which protocol it came
  q: { value: "attached", read: readFlush },
  r: sender,
  s: ignored, // lines `From ` are kept
  t: { value: "none", read: () => ({ headerRecipients: true }) },
  v: { value: "none", read: () => ({ isVerbose: true }) },
  x: ignored,
};

const modes: Readonly<Record<string, SendmailRequest["mode"]>> = {
  i: "aliases",
  m: "submit",
  p: "list",
  s: "smtp",
  v: "verify",
};

function readMode(text: string): Partial<SendmailRequest> {
  if (text === "d" || text === "D" || text === "l") throw usage(`-b${text} serves, and "hawser mail" does that`);
  const mode = Object.hasOwn(modes, text) ? modes[text] : undefined;
  if (mode === undefined) throw usage(`there is no mode -b${quote(text)}`);
  return { mode };
}

const errorModes: Readonly<Record<string, SendmailErrorMode>> = {
  e: "mail-and-succeed",
  m: "mail",
  p: "print",
  q: "quiet",
  w: "write",
};

function readErrorMode(text: string): Partial<SendmailRequest> {
  const letter = text[0] ?? "";
  const errorMode = Object.hasOwn(errorModes, letter) ? errorModes[letter] : undefined;
  if (errorMode === undefined) throw usage(`-oe is one of e, m, p, q and w, not ${quote(text)}`);
  return { errorMode };
}

/** `-oi`, `-oem`, `-odb`: one letter and its value; most others mean nothing here. */
function readShortOption(text: string): Partial<SendmailRequest> {
  const [letter, value] = [text[0], text.slice(1)];
  if (letter === "e") return readErrorMode(value);
  if (letter === "d") return readDeliveryMode(value);
  if (letter === "i") return { dotEnds: isNo(value) };
  if (letter === "v") return { isVerbose: !isNo(value) };
  return {};
}

/** `-O ErrorMode=m`, and its like (sendmail's configuration has a hundred of them). */
function readLongOption(text: string): Partial<SendmailRequest> {
  const [, name = "", value = ""] = /^\s*(\w+)\s*(?:=\s*(.*))?$/s.exec(text) ?? [];
  const letter = longOptions[name.toLowerCase()];
  return letter === undefined ? {} : readShortOption(letter + value);
}

const longOptions: Readonly<Record<string, string>> = {
  deliverymode: "d",
  errormode: "e",
  ignoredots: "i",
  verbose: "v",
};

/** In the background, at once, into the queue, later: the queue does what it does, a relay is asked at once. */
function readDeliveryMode(text: string): Partial<SendmailRequest> {
  if (/^[bdiq]/.test(text)) return {};
  throw usage(`-od is one of b, d, i and q, not ${quote(text)}`);
}

function isNo(value: string): boolean {
  return /^(?:0|f|n)/i.test(value);
}

function readBody(text: string): Partial<SendmailRequest> {
  const body = text.toUpperCase();
  if (body === "7BIT" || body === "8BITMIME") return { body };
  throw usage("-B is 7BIT or 8BITMIME");
}

function readNotify(text: string): Partial<SendmailRequest> {
  const words = text.toUpperCase().split(",");
  if (words.length === 1 && words[0] === "NEVER") return { notify: [] };
  if (words.every(isNotify)) return { notify: [...new Set(words)] };
  throw usage("-N is never, or some of success,failure,delay");
}

function isNotify(word: string): word is SmtpNotify {
  return word === "SUCCESS" || word === "FAILURE" || word === "DELAY";
}

function readRet(text: string): Partial<SendmailRequest> {
  const ret = text.toUpperCase();
  if (ret === "FULL" || ret === "HDRS") return { ret };
  throw usage("-R is full or hdrs");
}

/** RFC 3461 §4.4: at most 100 characters. */
function readEnvid(envid: string): Partial<SendmailRequest> {
  if (/^[!-~]{1,100}$/.test(envid)) return { envid };
  throw usage("-V is 1 to 100 characters of US-ASCII without spaces");
}

function readHops(text: string): Partial<SendmailRequest> {
  if (/^\d{1,4}$/.test(text)) return {};
  throw usage("-h is a number of hops");
}

/** `-q`, `-q30m` (each of which tries all of it, once: the server tries by itself), `-qIid`, `-qRdomain`. */
function readFlush(text: string): Partial<SendmailRequest> {
  const [letter, rest] = [text[0] ?? "", text.slice(1)];
  if (text === "" || text === "f" || text === "p" || /^(?:\d+[smhdw]?)+$/i.test(text)) return { mode: "flush" };
  if (letter === "I" && rest !== "") return { mode: "flush", flushId: rest };
  if (letter === "R" && rest !== "") return { mode: "flush", flushDomain: rest.replace(/^.*@/, "") };
  throw usage(`-q is followed by a time, by I and an identifier, or by R and a domain, not by ${quote(text)}`);
}

function consistent(request: SendmailRequest): SendmailRequest {
  const { mode, headerRecipients, recipients } = request;
  if (headerRecipients && mode !== "submit") throw usage("-t goes with a message alone");
  if (mode === "submit" && !headerRecipients && recipients.length === 0)
    throw usage("the message is for nobody: name its recipients, or have them read from its header with -t");
  if (mode === "verify" && recipients.length === 0) throw usage("-bv needs addresses");
  if (mode === "smtp" && recipients.length > 0) throw usage("-bs takes no recipients: SMTP names them");
  return request;
}

/** `<alice@example.org>` is taken as well, and `<>` is none. */
function withoutAngles(text: string): string {
  return /^\s*<(.*)>\s*$/s.exec(text)?.[1] ?? text.trim();
}

function usage(reason: string): SendmailError {
  return new SendmailError("usage", `Cannot follow the command line: ${reason}`);
}
