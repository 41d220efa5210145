import {
  replyWith,
  type SmtpMailParameters,
  type SmtpRecipientParameters,
  type SmtpTurn,
  type SmtpVerb,
  type SmtpVerbResult,
} from "../extension.ts";
import { readPathArgument } from "../wire/path.ts";
import type { SmtpReply } from "../wire/reply.ts";
import { SmtpCode, type SmtpKind } from "../words.ts";

/** The commands of RFC 5321 §4.1.1, and LHLO in place of EHLO for LMTP (RFC 2033 §4.1). */
export function smtpVerbs(kind: SmtpKind): ReadonlyMap<string, SmtpVerb> {
  return tables[kind];
}

function tableOf(hello: Readonly<Record<string, SmtpVerb>>): ReadonlyMap<string, SmtpVerb> {
  const verbs: Readonly<Record<string, SmtpVerb>> = {
    ...hello,
    MAIL: { after: "hello", run: runMail },
    RCPT: { after: "mail", run: runRecipient },
    DATA: { after: "recipient", endsGroup: true, run: runData },
    RSET: { after: "nothing", isAlwaysAllowed: true, run: () => answer(okReply) },
    NOOP: { after: "nothing", isAlwaysAllowed: true, endsGroup: true, run: () => answer(okReply) },
    QUIT: { after: "nothing", isAlwaysAllowed: true, run: () => answer(goodbyeReply) },
    HELP: { after: "nothing", endsGroup: true, run: () => answer(helpReply) },
    VRFY: { after: "nothing", endsGroup: true, run: runVerify },
    EXPN: { after: "nothing", endsGroup: true, run: () => answer(notDone("EXPN")) },
    ETRN: { after: "nothing", endsGroup: true, run: () => answer(notDone("ETRN")) },
    TURN: { after: "nothing", endsGroup: true, run: () => answer(notDone("TURN")) },
  };
  return new Map(Object.entries(verbs));
}

const okReply: SmtpReply = replyWith(SmtpCode.ok, "2.0.0", "Ok");

function greeting(isExtended: boolean): SmtpVerb {
  return {
    after: "nothing",
    endsGroup: true,
    isAlwaysAllowed: true,
    run(argument) {
      // A name or an address literal (RFC 5321 §4.1.1.1). Clients call themselves all sorts of things; none is trusted.
      const space = argument.indexOf(" ");
      const name = space === -1 ? argument : argument.slice(0, space);
      if (/^[\w.:[\]\u0080-\u{10ffff}-]{1,255}$/u.test(name))
        return { type: "ask", event: { type: "hello", name, isExtended } };
      return answer(replyWith(SmtpCode.badArguments, "5.5.4", "Say your name"));
    },
  };
}

function runMail(argument: string, turn: SmtpTurn): SmtpVerbResult {
  if (turn.transaction !== undefined) return answer(replyWith(SmtpCode.badSequence, "5.5.1", "One message at a time"));
  if (turn.messages >= turn.limits.messagesMax)
    return answer(replyWith(SmtpCode.insufficientStorage, "4.5.3", "Too many messages for one session"));
  const read = readPathArgument(argument, "FROM");
  if (read === undefined) return answer(replyWith(SmtpCode.badArguments, "5.1.7", "Say MAIL FROM:<address>"));
  const parameters = readParameters(read.parameters, "mailParameters", turn);
  if ("refused" in parameters) return answer(parameters.refused);
  const { path: from } = read;
  if (from !== undefined && parameters.utf8 !== true && isUtf8(from.address)) return answer(utf8Reply);
  return { type: "ask", event: { type: "mail", from, parameters } };
}

function runRecipient(argument: string, turn: SmtpTurn): SmtpVerbResult {
  const { transaction, limits } = turn;
  if (transaction!.isChunked) return answer(replyWith(SmtpCode.badSequence, "5.5.1", "The content has begun"));
  const read = readPathArgument(argument, "TO");
  if (read?.path === undefined) return answer(replyWith(SmtpCode.badArguments, "5.1.3", "Say RCPT TO:<address>"));
  const parameters = readParameters(read.parameters, "recipientParameters", turn);
  if ("refused" in parameters) return answer(parameters.refused);
  if (transaction!.parameters.utf8 !== true && isUtf8(read.path.address)) return answer(utf8Reply);
  if (transaction!.recipients >= limits.recipientsMax)
    return answer(replyWith(SmtpCode.insufficientStorage, "4.5.3", "Too many recipients")); // RFC 5321 §4.5.3.1.10
  return { type: "ask", event: { type: "recipient", to: read.path, parameters } };
}

function runData(argument: string, { transaction }: SmtpTurn): SmtpVerbResult {
  if (argument !== "") return answer(replyWith(SmtpCode.badArguments, "5.5.4", "DATA has no argument"));
  if (transaction!.isChunked)
    return answer(replyWith(SmtpCode.badSequence, "5.5.1", "The content has begun with BDAT"));
  if (transaction!.parameters.body === "BINARYMIME")
    return answer(replyWith(SmtpCode.badSequence, "5.5.1", "Binary content needs BDAT")); // RFC 3030 §3
  return { type: "ask", event: { type: "data" } };
}

/** Nobody is told who is here (RFC 5321 §3.5.3, §7.3). */
function runVerify(argument: string): SmtpVerbResult {
  if (argument === "") return answer(replyWith(SmtpCode.badArguments, "5.5.4", "Verify whom?"));
  return answer(replyWith(SmtpCode.cannotVerify, "2.1.5", "Send some mail, and I will try"));
}

/** What parameters mean, or why they are refused (RFC 5321 §4.1.1.11). The last extension that knows one reads it. */
function readParameters<Row extends "mailParameters" | "recipientParameters">(
  given: ReadonlyMap<string, string | undefined>,
  row: Row,
  turn: SmtpTurn,
): ParametersOf<Row> | { readonly refused: SmtpReply } {
  const parameters: ParametersOf<Row> = {};
  for (const [name, value] of given) {
    const extension = turn.offered.findLast((one) => one[row] !== undefined && Object.hasOwn(one[row], name));
    if (extension === undefined || !turn.isExtended)
      return { refused: replyWith(SmtpCode.badMailParameters, "5.5.4", "Unknown parameter") };
    const read = extension[row]![name]!(value, turn);
    if ("refused" in read) return { refused: read.refused };
    Object.assign(parameters, read);
  }
  return parameters;
}

type ParametersOf<Row extends "mailParameters" | "recipientParameters"> = Row extends "mailParameters"
  ? SmtpMailParameters
  : SmtpRecipientParameters;

function answer(reply: SmtpReply): SmtpVerbResult {
  return { type: "reply", reply };
}

function notDone(verb: string): SmtpReply {
  return replyWith(SmtpCode.notImplemented, "5.5.1", `${verb} is not done here`);
}

function isUtf8(address: string): boolean {
  return /[^\x00-\x7f]/.test(address);
}

const utf8Reply = replyWith(SmtpCode.badMailbox, "5.6.7", "Say SMTPUTF8 with MAIL"); // RFC 6531 §3.5
/** Closes the session, wherever it is said (RFC 5321 §4.1.1.10). */
export const goodbyeReply: SmtpReply = replyWith(SmtpCode.closing, "2.0.0", "Bye");
const helpReply = replyWith(SmtpCode.help, "2.0.0", "See RFC 5321");

const tables: Readonly<Record<SmtpKind, ReadonlyMap<string, SmtpVerb>>> = {
  smtp: tableOf({ HELO: greeting(false), EHLO: greeting(true) }),
  lmtp: tableOf({ LHLO: greeting(true) }),
};
