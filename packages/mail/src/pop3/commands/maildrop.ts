import type { StoredMail } from "../../store/store.ts";
import { Pop3ReplyError } from "../errors.ts";
import { firstLines } from "../first-lines.ts";
import type { Pop3Maildrop } from "../maildrop.ts";
import type { Pop3Command } from "./command.ts";

const transaction = ["transaction"] as const;

/** How many messages, and their octets (RFC 1939 §5). */
export const stat: Pop3Command = {
  states: transaction,
  usage: "",
  takes: [0, 0],
  run(session) {
    const { count, octets } = session.maildrop.totals;
    session.ok(`${count} ${octets}`);
  },
};

/** Octets of one message, or of all (RFC 1939 §5). */
export const list: Pop3Command = scanning(({ octets }) => String(octets), "messages");

/** What names one message, or all, in every session (RFC 1939 §7). */
export const uidl: Pop3Command = scanning((message, maildrop) => maildrop.uniqueId(message), "unique ids");

function scanning(tell: (message: StoredMail, maildrop: Pop3Maildrop) => string, what: string): Pop3Command {
  return {
    states: transaction,
    usage: "[number]",
    takes: [0, 1],
    async run(session, [word]) {
      const { maildrop } = session;
      if (word !== undefined) return session.ok(`${word} ${tell(maildrop.message(wholeNumber(word)), maildrop)}`);
      await session.list(
        `${maildrop.totals.count} ${what}`,
        linesOf(maildrop, (message) => tell(message, maildrop)),
      );
    },
  };
}

function* linesOf(maildrop: Pop3Maildrop, tell: (message: StoredMail) => string): Generator<string, void> {
  for (const [number, message] of maildrop.present()) yield `${number} ${tell(message)}`;
}

/** A whole message (RFC 1939 §5). */
export const retr: Pop3Command = {
  states: transaction,
  usage: "number",
  takes: [1, 1],
  async run(session, [word]) {
    const number = wholeNumber(word!);
    const { octets } = session.maildrop.message(number);
    await session.content(`${octets} octets`, session.maildrop.read(number));
  },
};

/** A message's header, and the first lines of its body (RFC 1939 §7). */
export const top: Pop3Command = {
  states: transaction,
  usage: "number lines",
  takes: [2, 2],
  async run(session, [word, lines]) {
    const number = wholeNumber(word!);
    session.maildrop.message(number);
    await session.content("Top of the message", firstLines(session.maildrop.read(number), wholeNumber(lines!)));
  },
};

/** Marks a message to be deleted (RFC 1939 §5). */
export const dele: Pop3Command = {
  states: transaction,
  usage: "number",
  takes: [1, 1],
  run(session, [word]) {
    const number = wholeNumber(word!);
    session.maildrop.delete(number);
    session.ok(`Message ${number} is deleted`);
  },
};

/** Takes the marks back (RFC 1939 §5). */
export const rset: Pop3Command = {
  states: transaction,
  usage: "",
  takes: [0, 0],
  run(session) {
    session.maildrop.reset();
    const { count, octets } = session.maildrop.totals;
    session.ok(`The maildrop has ${count} messages (${octets} octets)`);
  },
};

/** Nothing (RFC 1939 §5). */
export const noop: Pop3Command = { states: transaction, usage: "", takes: [0, 0], run: (session) => session.ok() };

function wholeNumber(word: string): number {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  throw new Pop3ReplyError("That is no number of a message");
}
