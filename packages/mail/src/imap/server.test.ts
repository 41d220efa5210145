import { transcripts } from "@hawser/core/testing";
import { hello, mixed, served } from "./testing/served.test.kit.ts";

transcripts(
  "imapServer, before the login",
  { server: (host) => served(host, []) },
  {
    "greets, tells what it can, and says good bye (RFC 9051 §6.1)": `
    S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ID ENABLE IDLE SASL-IR UTF8=ACCEPT LITERAL- AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN] Hawser ready
    C: a1 capability
    S: * CAPABILITY IMAP4rev1 …
    S: a1 OK CAPABILITY completed
    C: a2 NOOP
    S: a2 OK NOOP completed
    C: a3 ID ("name" "sodr" "version" NIL)
    S: * ID ("name" "Hawser")
    S: a3 OK ID completed
    C: a4 LOGOUT
    S: * BYE Good bye
    S: a4 OK LOGOUT completed
    S: (closes)`,
    "logs in, with literals (RFC 9051 §6.2.3)": `
    S: * OK …
    C: a1 LOGIN {5}
    S: + OK
    C: alice {10}
    S: + OK
    C: wonderland
    S: a1 OK [CAPABILITY …] Logged in
    C: a2 LOGIN alice wonderland
    S: a2 BAD You are logged in already`,
    "logs in with literals that come unasked (RFC 7888)": `
    S: * OK …
    C: a1 LOGIN {5+}
    C: alice {10+}
    C: wonderland
    S: a1 OK [CAPABILITY …] Logged in`,
    "refuses a wrong password, and whoever is not known, in the same words": `
    S: * OK …
    C: a1 LOGIN alice nonsense
    S: a1 NO [AUTHENTICATIONFAILED] The login is refused
    C: a2 LOGIN nobody "nonsense"
    S: a2 NO [AUTHENTICATIONFAILED] The login is refused`,
    "takes PLAIN with and without an initial response (RFC 4959)": `
    S: * OK …
    C: a1 AUTHENTICATE PLAIN
    S: + …
    C: *
    S: a1 BAD The login is given up
    C: a2 AUTHENTICATE PLAIN
    S: + …
    C: AGFsaWNlAG5v
    S: a2 NO [AUTHENTICATIONFAILED] The login is refused
    C: a3 AUTHENTICATE plain AGFsaWNlAHdvbmRlcmxhbmQ=
    S: a3 OK [CAPABILITY …] Logged in`,
    "refuses what needs a login, what is unknown, and what cannot be read": `
    S: * OK …
    C: a1 SELECT INBOX
    S: a1 BAD Log in first
    C: a2 FROBNICATE
    S: a2 BAD This command is unknown
    C: nonsense
    S: * BAD A command begins with a tag and a space
    C: a3 LOGIN alice
    S: a3 BAD …
    C: a4 constructor
    S: a4 BAD This command is unknown
    C: a5 STARTTLS
    S: a5 BAD TLS is not offered
    C: a6 UID NOOP
    S: a6 BAD This command is unknown`,
    "leaves after a minute of silence": `
    S: * OK …
    (after 61 s)
    S: * BYE Nothing was said for too long
    S: (closes)`,
  },
);

const login = `
    S: * OK …
    C: in LOGIN alice wonderland
    S: in OK …`;

const selected = `${login}
    C: sel SELECT INBOX
    S: * FLAGS …
    S: * OK [PERMANENTFLAGS …
    S: * 2 EXISTS
    S: * 2 RECENT
    S: * OK [UNSEEN 1] …
    S: * OK [UIDVALIDITY …
    S: * OK [UIDNEXT 3] …
    S: * OK [HIGHESTMODSEQ 2] …
    S: * OK [MAILBOXID (…)] …
    S: sel OK [READ-WRITE] SELECT completed`;

transcripts(
  "imapServer, mailboxes",
  { server: (host) => served(host, [hello, mixed]) },
  {
    "makes, lists, renames and removes them (RFC 9051 §6.3)": `${login}
    C: a1 CREATE owatagusiam/blurdybloop
    S: a1 OK [MAILBOXID (…)] CREATE completed
    C: a2 CREATE "Entw&APw-rfe" (USE (\\\\Drafts))
    S: a2 OK [MAILBOXID (…)] CREATE completed
    C: a3 LIST "" *
    S: * LIST (\\\\HasNoChildren \\\\Subscribed) "/" "INBOX"
    S: * LIST (\\\\HasNoChildren \\\\Drafts) "/" "Entw&APw-rfe"
    S: * LIST (\\\\HasChildren) "/" "owatagusiam"
    S: * LIST (\\\\HasNoChildren) "/" "owatagusiam/blurdybloop"
    S: a3 OK LIST completed
    C: a4 LIST "" %
    S: * LIST (\\\\HasNoChildren \\\\Subscribed) "/" "INBOX"
    S: * LIST (\\\\HasNoChildren \\\\Drafts) "/" "Entw&APw-rfe"
    S: * LIST (\\\\HasChildren) "/" "owatagusiam"
    S: a4 OK LIST completed
    C: a5 LIST "" ""
    S: * LIST (\\\\Noselect) "/" ""
    S: a5 OK LIST completed
    C: a6 LIST (SPECIAL-USE) "" * RETURN (STATUS (MESSAGES SIZE))
    S: * LIST (\\\\HasNoChildren \\\\Drafts) "/" "Entw&APw-rfe"
    S: * STATUS "Entw&APw-rfe" (MESSAGES 0 SIZE 0)
    S: a6 OK LIST completed
    C: a7 RENAME owatagusiam zowie
    S: a7 OK RENAME completed
    C: a8 LIST zowie/ %
    S: * LIST (\\\\HasNoChildren) "/" "zowie/blurdybloop"
    S: a8 OK LIST completed
    C: a9 DELETE zowie/blurdybloop
    S: a9 OK DELETE completed
    C: b1 DELETE zowie/blurdybloop
    S: b1 NO [NONEXISTENT] …
    C: b2 SUBSCRIBE zowie
    S: b2 OK SUBSCRIBE completed
    C: b3 LSUB "" *
    S: * LSUB () "/" "INBOX"
    S: * LSUB () "/" "zowie"
    S: b3 OK LSUB completed
    C: b3 SUBSCRIBE gone/for/good
    S: b3 OK SUBSCRIBE completed
    C: b3 LSUB "" gone*
    S: * LSUB () "/" "gone/for/good"
    S: b3 OK LSUB completed
    C: b3 LIST (SUBSCRIBED) "" *
    S: * LIST (\\\\HasNoChildren \\\\Subscribed) "/" "INBOX"
    S: * LIST (\\\\NonExistent \\\\Subscribed) "/" "gone/for/good"
    S: * LIST (\\\\HasNoChildren \\\\Subscribed) "/" "zowie"
    S: b3 OK LIST completed
    C: b3 LIST "" gone*
    S: b3 OK LIST completed
    C: b4 NAMESPACE
    S: * NAMESPACE (("" "/")) NIL NIL
    S: b4 OK NAMESPACE completed
    C: b5 CREATE inbox
    S: b5 NO [ALREADYEXISTS] …
    C: b6 STATUS INBOX (MESSAGES UIDNEXT UNSEEN DELETED)
    S: * STATUS "INBOX" (MESSAGES 2 UIDNEXT 3 UNSEEN 2 DELETED 0)
    S: b6 OK STATUS completed
    C: b7 ENABLE UTF8=ACCEPT
    S: * ENABLED UTF8=ACCEPT
    S: b7 OK ENABLE completed
    C: b8 LIST "" Entw%
    S: * LIST (\\\\HasNoChildren \\\\Drafts) "/" "Entwürfe"
    S: b8 OK LIST completed`,
    "gives messages and their parts (RFC 9051 §6.4.5)": `${selected}
    C: a1 FETCH 1 FULL
    S: * 1 FETCH (FLAGS (\\\\Recent) INTERNALDATE "17-Jul-1996 02:44:25 +0000" RFC822.SIZE 355 ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.ed>") BODY ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 14 1))
    S: a1 OK FETCH completed
    C: a2 FETCH 2 (UID BODYSTRUCTURE)
    S: * 2 FETCH (UID 2 BODYSTRUCTURE (("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "QUOTED-PRINTABLE" 15 0 NIL NIL NIL NIL)("APPLICATION" "OCTET-STREAM" ("name" "x.bin") NIL NIL "BASE64" 4 NIL ("attachment" ("filename" "x.bin")) NIL NIL)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 46 (NIL "inside" ((NIL NIL "a" "example.org")) ((NIL NIL "a" "example.org")) ((NIL NIL "a" "example.org")) NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 6 0 NIL NIL NIL NIL) 3 NIL NIL NIL NIL) "MIXED" ("boundary" "b") NIL NIL NIL))
    S: a2 OK FETCH completed
    C: a3 FETCH 2 (BODY.PEEK[HEADER.FIELDS (From To)] BODY.PEEK[1] BODY.PEEK[2.MIME]<0.12> BODY.PEEK[3.HEADER] BODY.PEEK[3.TEXT] BODY.PEEK[3.1] BODY.PEEK[4] BINARY.PEEK[1] BINARY.SIZE[2] BINARY.PEEK[2])
    S: * 2 FETCH (BODY[HEADER.FIELDS (From To)] {93}
    S: From: =?UTF-8?Q?Zo=C3=AB?= <zoe@example.org>
    S: To: Team: ann@example.net, joe@example.net;
    S:
    S:  BODY[1] {15}
    S: Gr=C3=BC=C3=9Fe BODY[2.MIME]<0> {12}
    S: Content-Type BODY[3.HEADER] {40}
    S: Subject: inside
    S: From: a@example.org
    S:
    S:  BODY[3.TEXT] {6}
    S: within BODY[3.1] {6}
    S: within BODY[4] NIL BINARY[1] {7}
    S: Grüße BINARY.SIZE[2] 3 BINARY[2] ~{3}
    S: \\x00\\x01\\x02)
    S: a3 OK FETCH completed
    C: a4 FETCH 2 ENVELOPE
    S: * 2 FETCH (ENVELOPE (NIL "=?UTF-8?Q?Caf=C3=A9?=" (("=?UTF-8?Q?Zo=C3=AB?=" NIL "zoe" "example.org")) (("=?UTF-8?Q?Zo=C3=AB?=" NIL "zoe" "example.org")) (("=?UTF-8?Q?Zo=C3=AB?=" NIL "zoe" "example.org")) ((NIL NIL "Team" NIL)(NIL NIL "ann" "example.net")(NIL NIL "joe" "example.net")(NIL NIL NIL NIL)) NIL NIL NIL NIL))
    S: a4 OK FETCH completed
    C: a5 UID FETCH 1 (FLAGS RFC822.TEXT)
    S: * 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) RFC822.TEXT {14}
    S: Hello, world
    S: )
    S: a5 OK UID FETCH completed
    C: a6 FETCH 3 FLAGS
    S: a6 BAD There are no such messages
    C: a7 UID FETCH 9 FLAGS
    S: a7 OK UID FETCH completed
    C: a8 FETCH 1 (EMAILID THREADID MODSEQ)
    S: * 1 FETCH (EMAILID (…) THREADID NIL MODSEQ (3))
    S: a8 OK FETCH completed`,
    "stores flags, copies, moves and expunges (RFC 9051 §6.4)": `${selected}
    C: a1 STORE 1 +FLAGS (\\\\Deleted $Forwarded)
    S: * 1 FETCH (FLAGS (\\\\Deleted $Forwarded \\\\Recent))
    S: a1 OK STORE completed
    C: a2 STORE 1:2 -FLAGS.SILENT $Forwarded
    S: a2 OK STORE completed
    C: a3 COPY 1:2 Meeting
    S: a3 NO [TRYCREATE] …
    C: a4 CREATE Meeting
    S: a4 OK …
    C: a5 COPY 1:2 Meeting
    S: a5 OK [COPYUID … 1:2 1:2] COPY completed
    C: a6 EXPUNGE
    S: * 1 EXPUNGE
    S: a6 OK EXPUNGE completed
    C: a7 UID MOVE 2 Meeting
    S: * OK [COPYUID … 2 3] Moved
    S: * 1 EXPUNGE
    S: a7 OK UID MOVE completed
    C: a8 STATUS Meeting (MESSAGES)
    S: * STATUS "Meeting" (MESSAGES 3)
    S: a8 OK STATUS completed
    C: a9 CLOSE
    S: a9 OK CLOSE completed
    C: b1 FETCH 1 FLAGS
    S: b1 BAD Select a mailbox first
    C: b2 EXAMINE Meeting
    S: * FLAGS …
    S: * OK [PERMANENTFLAGS ()] …
    S: * 3 EXISTS
    S: * 3 RECENT
    S: * OK [UNSEEN 1] …
    S: * OK [UIDVALIDITY …
    S: * OK [UIDNEXT 4] …
    S: * OK [HIGHESTMODSEQ 3] …
    S: * OK [MAILBOXID (…)] …
    S: b2 OK [READ-ONLY] EXAMINE completed
    C: b3 STORE 1 FLAGS \\\\Seen
    S: b3 NO [NOPERM] …
    C: b4 EXPUNGE
    S: b4 NO [NOPERM] …
    C: b5 UNSELECT
    S: b5 OK UNSELECT completed`,
    "takes messages, one or several at once (RFC 9051 §6.3.12, RFC 3502)": `${selected}
    C: a1 APPEND INBOX (\\\\Seen) " 1-Feb-2020 10:00:00 +0100" {5}
    S: + OK
    C: Hello
    S: * 3 EXISTS
    S: * 3 RECENT
    S: a1 OK [APPENDUID … 3] APPEND completed
    C: a2 APPEND INBOX {3+}
    C| one (\\\\Flagged) {3}
    C:
    S: + OK
    C: two
    S: * 5 EXISTS
    S: * 5 RECENT
    S: a2 OK [APPENDUID … 4:5] APPEND completed
    C: a3 APPEND Nowhere {5}
    S: a3 NO [TRYCREATE] …
    C: a4 APPEND Nowhere {5+}
    C: Hello
    S: a4 NO [TRYCREATE] …
    C: a5 APPEND INBOX {99999999999}
    S: a5 NO [TOOBIG] The message is too large
    C: a6 FETCH 3:5 (FLAGS INTERNALDATE BODY.PEEK[])
    S: * 3 FETCH (FLAGS (\\\\Seen \\\\Recent) INTERNALDATE " 1-Feb-2020 09:00:00 +0000" BODY[] {5}
    S: Hello)
    S: * 4 FETCH (FLAGS (\\\\Recent) INTERNALDATE "…" BODY[] {3}
    S: one)
    S: * 5 FETCH (FLAGS (\\\\Flagged \\\\Recent) INTERNALDATE "…" BODY[] {3}
    S: two)
    S: a6 OK FETCH completed
    C: a7 APPEND {5}
    S: + OK
    C: INBOX {2}
    S: + OK
    C: hi
    S: * 6 EXISTS
    S: * 6 RECENT
    S: a7 OK [APPENDUID … 6] APPEND completed
    C: a8 APPEND INBOX
    S: a8 BAD …`,
    "searches (RFC 9051 §6.4.4, RFC 4731, RFC 5182)": `${selected}
    C: a1 SEARCH UNSEEN FROM "gray"
    S: * SEARCH 1
    S: a1 OK SEARCH completed
    C: a0 SEARCH NEW
    S: * SEARCH 1 2
    S: a0 OK SEARCH completed
    C: a0 SEARCH OLD
    S: * SEARCH
    S: a0 OK SEARCH completed
    C: a2 SEARCH CHARSET UTF-8 SUBJECT {5}
    S: + OK
    C: CAFÉ
    S: * SEARCH 2
    S: a2 OK SEARCH completed
    C: a3 SEARCH OR BODY "grüsse" (NOT TEXT hello) SINCE 1-Jan-1990
    S: * SEARCH 2
    S: a3 OK SEARCH completed
    C: a4 UID SEARCH RETURN (MIN MAX COUNT ALL) OR (BODY world) (UID 2 NOT SEEN)
    S: * ESEARCH (TAG "a4") UID MIN 1 MAX 2 ALL 1:2 COUNT 2
    S: a4 OK UID SEARCH completed
    C: a5 SEARCH RETURN (SAVE) LARGER 400
    S: a5 OK SEARCH completed
    C: a6 FETCH $ UID
    S: * 2 FETCH (UID 2)
    S: a6 OK FETCH completed
    C: a7 SEARCH CHARSET x-nonsense ALL
    S: a7 NO [BADCHARSET (US-ASCII UTF-8)] This charset is unknown
    C: a8 SEARCH SENTON 17-Jul-1996 HEADER Message-Id "" NOT KEYWORD $Junk 1:*
    S: * SEARCH 1
    S: a8 OK SEARCH completed
    C: a9 SEARCH RETURN () SEEN
    S: * ESEARCH (TAG "a9")
    S: a9 OK SEARCH completed`,
    "sorts and threads (RFC 5256)": `${selected}
    C: a1 SORT (REVERSE SIZE) UTF-8 ALL
    S: * SORT 2 1
    S: a1 OK SORT completed
    C: a2 UID SORT (SUBJECT ARRIVAL) US-ASCII ALL
    S: * SORT 2 1
    S: a2 OK UID SORT completed
    C: a3 THREAD REFERENCES UTF-8 ALL
    S: * THREAD …
    S: a3 OK THREAD completed
    C: a4 THREAD ORDEREDSUBJECT UTF-8 SEEN
    S: * THREAD
    S: a4 OK THREAD completed`,
    "counts mod-sequences, and tells what changed since (RFC 7162)": `${selected}
    C: a1 ENABLE QRESYNC
    S: * ENABLED QRESYNC
    S: a1 OK ENABLE completed
    C: a2 STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\\\Flagged)
    S: a2 OK [MODIFIED 1] …
    C: a3 STORE 1 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\\\Flagged \\\\Deleted)
    S: * 1 FETCH (UID 1 MODSEQ (3))
    S: a3 OK STORE completed
    C: a4 FETCH 1:* (FLAGS) (CHANGEDSINCE 2)
    S: * 1 FETCH (FLAGS (\\\\Flagged \\\\Deleted \\\\Recent) MODSEQ (3))
    S: a4 OK FETCH completed
    C: a5 SEARCH MODSEQ 3
    S: * SEARCH 1 (MODSEQ 3)
    S: a5 OK SEARCH completed
    C: a6 EXPUNGE
    S: * VANISHED 1
    S: a6 OK [HIGHESTMODSEQ 4] EXPUNGE completed
    C: a7 UID FETCH 1:2 FLAGS (CHANGEDSINCE 2 VANISHED)
    S: * VANISHED (EARLIER) 1
    S: a7 OK UID FETCH completed
    C: a8 STATUS INBOX (UIDVALIDITY)
    S: * STATUS "INBOX" (UIDVALIDITY …
    S: a8 OK STATUS completed`,
    "idles, and tells that it lives (RFC 2177)": `${selected}
    C: a1 IDLE
    S: + idling
    (after 130 s)
    S: * OK Still here
    C: DONE
    S: a1 OK IDLE completed
    C: a2 IDLE
    S: + idling
    C: nonsense
    S: a2 BAD DONE is expected`,
    "speaks IMAP4rev2 to whoever wants it (RFC 9051)": `${login}
    C: a1 ENABLE IMAP4rev2
    S: * ENABLED IMAP4REV2
    S: a1 OK ENABLE completed
    C: a2 SELECT INBOX
    S: * FLAGS …
    S: * OK [PERMANENTFLAGS …
    S: * 2 EXISTS
    S: * OK [UIDVALIDITY …
    S: * OK [UIDNEXT 3] …
    S: * OK [HIGHESTMODSEQ 2] …
    S: * OK [MAILBOXID (…)] …
    S: * LIST () "/" "INBOX"
    S: a2 OK [READ-WRITE] SELECT completed
    C: a3 SEARCH ALL
    S: * ESEARCH (TAG "a3") ALL 1:2
    S: a3 OK SEARCH completed
    C: a4 SELECT Nowhere
    S: * OK [CLOSED] …
    S: a4 NO …`,
    "tells quotas (RFC 9208)": `${login}
    C: a1 GETQUOTAROOT INBOX
    S: * QUOTAROOT "INBOX" ""
    S: * QUOTA "" ()
    S: a1 OK GETQUOTAROOT completed
    C: a2 GETQUOTA nonsense
    S: a2 NO [NONEXISTENT] There is no such quota root`,
  },
);
