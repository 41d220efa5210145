import type { StoredMail } from "../../store/store.ts";
import { Pop3ReplyError } from "../errors.ts";
import { firstLines } from "../first-lines.ts";
import type { Pop3Maildrop } from "../maildrop.ts";
import type { Pop3Session } from "../session.ts";
import type { Pop3Command } from "./command.ts";

const transaction = ["transaction"] as const;

/** How many messages, and their octets (RFC 1939 §5). */
export const stat: Pop3Command = {
  states: transaction,
  usage: "",
  takes: [0, 0],
  run(session) {
    session.ok(totalsOf(session.maildrop).join(" "));
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
    run(session, [word]) {
      const { maildrop } = session;
      if (word !== undefined) return session.ok(`${word} ${tell(messageAt(session, word), maildrop)}`);
      const { present } = maildrop;
      session.list(
        `${present.length} ${what}`,
        linesOf(present, (message) => tell(message, maildrop)),
      );
    },
  };
}

function* linesOf(present: Pop3Maildrop["present"], tell: (message: StoredMail) => string): Generator<string, void> {
  for (const [number, message] of present) yield `${number} ${tell(message)}`;
}

/** A whole message (RFC 1939 §5). */
export const retr: Pop3Command = {
  states: transaction,
  usage: "number",
  takes: [1, 1],
  async run(session, [word]) {
    const message = messageAt(session, word!);
    await session.content(`${message.octets} octets`, session.maildrop.read(message));
  },
};

/** A message's header, and the first lines of its body (RFC 1939 §7). */
export const top: Pop3Command = {
  states: transaction,
  usage: "number lines",
  takes: [2, 2],
  async run(session, [word, lines]) {
    const message = messageAt(session, word!);
    await session.content("Top of the message", firstLines(session.maildrop.read(message), wholeNumber(lines!)));
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
    const [count, octets] = totalsOf(session.maildrop);
    session.ok(`The maildrop has ${count} messages (${octets} octets)`);
  },
};

/** Nothing (RFC 1939 §5). */
export const noop: Pop3Command = { states: transaction, usage: "", takes: [0, 0], run: (session) => session.ok() };

function totalsOf({ present }: Pop3Maildrop): readonly [count: number, octets: number] {
  return [present.length, present.reduce((sum, [, { octets }]) => sum + octets, 0)];
}

function messageAt(session: Pop3Session, word: string): StoredMail {
  return session.maildrop.message(wholeNumber(word));
}

function wholeNumber(word: string): number {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  throw new Pop3ReplyError("That is no number of a message");
}
