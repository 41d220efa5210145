import { quote, type Reactor, UsageError } from "@hawser/core";
import { MailLocalError } from "./errors.ts";
import { mailLocalFailuresMax } from "./limits.ts";

/** Where in a session something goes wrong. `message` is after the whole of it has come. */
export type MailLocalStage = "connect" | "hello" | "message" | "recipient" | "sender";

/** Something that shall go wrong, so that a program can be seen to bear it. */
export interface MailLocalFailure {
  readonly stage: MailLocalStage;
  /** The address (`recipient`, `sender`), the sender's address (`message`), the name (`hello`) or the peer (`connect`); `*` stands for anything. Default: all. */
  readonly match?: string | undefined;
  /** What is said instead of yes: `451 4.3.0 Try again later`. Absent: it only takes long. */
  readonly reply?: string | undefined;
  /** Breaks the connection and says nothing. Default false. */
  readonly drop?: boolean | undefined;
  /** Waits before it answers. Default 0. */
  readonly delayMs?: number | undefined;
  /** Then it is over. Default: never. */
  readonly times?: number | undefined;
  /** How likely it is each time, above 0 up to 1. Default 1. */
  readonly chance?: number | undefined;
}

/** What is to be done at a stage: nothing, or first wait, and then break off or refuse. */
export interface MailFailureDecision {
  readonly delayMs: number;
  readonly drop: boolean;
  readonly reply: string | undefined;
}

type Rule = { readonly failure: MailLocalFailure; readonly glob: string; left: number };

/** The rules of failure that are in force. */
export class MailFailures {
  readonly #random: Reactor["random"];
  readonly #rules = new Set<Rule>();

  constructor(random: Reactor["random"]) {
    this.#random = random;
  }

  get all(): readonly MailLocalFailure[] {
    return [...this.#rules].map(({ failure }) => failure);
  }

  /** Returns what ends it. @throws {MailLocalError} `too-many` @throws {TypeError} for a reply that refuses nothing */
  add(failure: MailLocalFailure): () => void {
    if (failure.reply !== undefined && !isRefusal(failure.reply))
      throw new TypeError(`Cannot fail with ${quote(failure.reply)}: 400 to 599 refuse, with text in US-ASCII behind`);
    if (this.#rules.size >= mailLocalFailuresMax)
      throw new MailLocalError("too-many", `Cannot fail in one more way: there are ${this.#rules.size}`);
    const rule = {
      failure,
      glob: (failure.match ?? "*").toLowerCase(),
      left: failure.times ?? Number.POSITIVE_INFINITY,
    };
    this.#rules.add(rule);
    return () => this.#rules.delete(rule);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** The first rule that fits, if any. */
  decide(stage: MailLocalStage, subject: string): MailFailureDecision | undefined {
    for (const rule of this.#rules) {
      const { failure } = rule;
      if (failure.stage !== stage || !fitsGlob(subject.toLowerCase(), rule.glob)) continue;
      if (this.#random.number() >= (failure.chance ?? 1)) continue;
      if (--rule.left <= 0) this.#rules.delete(rule);
      return { delayMs: failure.delayMs ?? 0, drop: failure.drop ?? false, reply: failure.reply };
    }
    return undefined;
  }
}

/** Whether a text is of a form in which `*` stands for anything. It goes back to the last star alone, so it stays quick. */
function fitsGlob(text: string, glob: string): boolean {
  let [at, place, star, begin] = [0, 0, -1, 0];
  while (at < text.length) {
    if (glob[place] === "*") {
      star = place++;
      begin = at;
    } else if (glob[place] === text[at]) {
      place++;
      at++;
    } else if (star !== -1) {
      place = star + 1;
      at = ++begin;
    } else return false;
  }
  while (glob[place] === "*") place++;
  return place === glob.length;
}

const stages: readonly string[] = ["connect", "hello", "message", "recipient", "sender"] satisfies MailLocalStage[];

/**
 * Reads `STAGE[:PATTERN]=WHAT[,HOW]…`: `recipient:*@full.example=552`, `message=451 Later,once`, `sender=5s`, `connect=drop,20%`.
 * @throws {UsageError} that says what is wrong
 */
export function parseMailFailure(text: string): MailLocalFailure {
  const [, stage = "", match, rest] = /^([a-z]+)(?::([^=]*))?=(.*)$/s.exec(text) ?? [];
  if (rest === undefined || !stages.includes(stage))
    throw new UsageError(`"${text}" does not begin with one of ${stages.join(", ")} and =`);
  const failure: Partial<MailLocalFailure> = Object.assign({}, ...rest.split(",").map((word) => readWord(word.trim())));
  if (failure.reply === undefined && failure.drop === undefined && failure.delayMs === undefined)
    throw new UsageError(`"${text}" does not say what happens: a reply such as 451, drop, or a time such as 5s`);
  return { stage: stage as MailLocalStage, ...(match !== undefined && { match }), ...failure };
}

function readWord(word: string): Partial<MailLocalFailure> {
  if (word === "drop") return { drop: true };
  if (word === "once") return { times: 1 };
  const [, number, unit] = /^(\d{1,9}) ?(%|x|ms|s)$/.exec(word) ?? [];
  const amount = Number(number);
  if (unit === "%" && amount > 0 && amount <= 100) return { chance: amount / 100 };
  if (unit === "x" && amount > 0) return { times: amount };
  if (unit === "ms" || unit === "s") return { delayMs: unit === "s" ? amount * 1_000 : amount };
  if (isRefusal(word)) return { reply: word };
  throw new UsageError(
    `"${word}" is no reply (451, 550 5.1.1 No such user), drop, time (5s), number (3x, once) or share (20%)`,
  );
}

/** Whether a text can be said to refuse: 400 to 599, and US-ASCII on one line. */
export function isRefusal(text: string): boolean {
  return /^[45]\d\d(?: [\x20-\x7e]{0,400})?$/.test(text);
}
