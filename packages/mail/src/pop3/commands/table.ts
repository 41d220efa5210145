import type { Pop3Command } from "./command.ts";
import { apop, auth, pass, user } from "./login.ts";
import { dele, list, noop, retr, rset, stat, top, uidl } from "./maildrop.ts";
import { capa, lang, quit, stls, utf8 } from "./session.ts";

/** Every command by its name. */
export const pop3Commands: ReadonlyMap<string, Pop3Command> = new Map(
  Object.entries({
    apop,
    auth,
    capa,
    dele,
    lang,
    list,
    noop,
    pass,
    quit,
    retr,
    rset,
    stat,
    stls,
    top,
    uidl,
    user,
    utf8,
  }),
);
