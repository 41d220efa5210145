import { StateError } from "@hawser/core";
import { Pop3ReplyError } from "../errors.ts";
import type { Pop3Session } from "../session.ts";
import type { Pop3Command } from "./command.ts";
import { saslOf } from "./login.ts";

const everywhere = ["authorization", "transaction"] as const;

/** What the server can do (RFC 2449 §5). */
export const capa: Pop3Command = {
  states: everywhere,
  usage: "",
  takes: [0, 0],
  run: (session) => session.list("What there is", capabilitiesOf(session)),
};

function* capabilitiesOf(session: Pop3Session): Generator<string, void> {
  yield* [
    "TOP",
    "UIDL",
    "RESP-CODES",
    "AUTH-RESP-CODE",
    "PIPELINING",
    "EXPIRE NEVER",
    "UTF8 USER",
    "IMPLEMENTATION Hawser",
  ];
  if (session.state === "transaction") return;
  if (canStartTls(session)) yield "STLS";
  if (session.isPrivate) yield "USER";
  const { mechanisms } = saslOf(session);
  if (mechanisms.length > 0) yield `SASL ${mechanisms.join(" ")}`;
}

function canStartTls({ options, peer }: Pop3Session): boolean {
  return options.tls !== undefined && peer.security === undefined;
}

/** Begins TLS (RFC 2595 §4). What was said before counts no more; octets that came along with the command end the session. */
export const stls: Pop3Command = {
  states: ["authorization"],
  usage: "",
  takes: [0, 0],
  async run(session) {
    if (!canStartTls(session)) throw new Pop3ReplyError("TLS is not to be had, or is there already");
    session.ok("Begin TLS");
    session.user = undefined;
    await session.peer.startTls({ ...session.options.tls!, side: "server" }).catch((error: unknown) => {
      if (!(error instanceof StateError)) throw error;
      session.isOver = true; // octets came along: the connection is gone, and nobody obeys them
    });
  },
};

/** Messages may be in UTF-8 (RFC 6856 §2.1). They are handed out as they are in either case. */
export const utf8: Pop3Command = {
  states: ["authorization"],
  usage: "",
  takes: [0, 0],
  run(session) {
    session.utf8 = true;
    session.ok("UTF-8");
  },
};

/** There is one language (RFC 6856 §3). */
export const lang: Pop3Command = {
  states: everywhere,
  usage: "[language]",
  takes: [0, 1],
  async run(session, [language]) {
    if (language === undefined) return session.list("Languages", ["en English"]);
    if (!/^(en(-.*)?|\*|i-default)$/i.test(language)) throw new Pop3ReplyError("Only English is spoken here");
    session.ok("en English");
  },
};

/** Ends the session; what is marked goes now, if there was a login (RFC 1939 §6). */
export const quit: Pop3Command = {
  states: everywhere,
  usage: "",
  takes: [0, 0],
  async run(session) {
    session.isOver = true;
    if (session.state === "transaction") await session.maildrop.update();
    await session.leave();
    session.ok("Bye");
  },
};
