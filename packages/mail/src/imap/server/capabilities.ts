import { imapSasl } from "./sasl.ts";
import type { ImapSession } from "./session.ts";

/** What can be done, in the state of now (RFC 9051 §7.2.2). What an account has not is not offered. */
export function capabilitiesOf(session: ImapSession): readonly string[] {
  const common = ["IMAP4rev1", "IMAP4rev2", "ID", "ENABLE", "IDLE", "SASL-IR", "UTF8=ACCEPT"];
  return session.login === undefined ? [...common, ...beforeLogin(session)] : [...common, ...afterLogin(session)];
}

function beforeLogin(session: ImapSession): readonly string[] {
  const tls = session.options.tls !== undefined && session.transport.security === undefined ? ["STARTTLS"] : [];
  const login = session.isPrivate && session.portal.kinds.has("password") ? [] : ["LOGINDISABLED"];
  const mechanisms = imapSasl(session).mechanisms.map((name) => `AUTH=${name}`);
  return ["LITERAL-", ...tls, ...login, ...mechanisms];
}

function afterLogin(session: ImapSession): readonly string[] {
  const quota = session.account.quota === undefined ? [] : ["QUOTA", "QUOTA=RES-STORAGE", "QUOTA=RES-MESSAGE"];
  return [
    "LITERAL+",
    "NAMESPACE",
    "UNSELECT",
    "UIDPLUS",
    "MOVE",
    "CHILDREN",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "SPECIAL-USE",
    "CREATE-SPECIAL-USE",
    "STATUS=SIZE",
    `APPENDLIMIT=${session.appendOctetsMax}`,
    "MULTIAPPEND",
    "BINARY",
    "ESEARCH",
    "SEARCHRES",
    "CONDSTORE",
    "QRESYNC",
    "SORT",
    "SORT=DISPLAY",
    "THREAD=ORDEREDSUBJECT",
    "THREAD=REFERENCES",
    "OBJECTID",
    "WITHIN",
    ...(session.machine.isCompressed ? [] : ["COMPRESS=DEFLATE"]),
    ...quota,
  ];
}
