import { isIPv4, isIPv6 } from "node:net";
import type { MailComplaint } from "../complaints/complaint.ts";

/** A command as it is looked at, and as it is shown: without passwords. */
export interface SmtpSaid {
  readonly verb: string;
  readonly argument: string;
  readonly shown: string;
}

/** Takes a line apart. What follows the mechanism of AUTH is a secret. */
export function readSmtpLine(line: string): SmtpSaid {
  const [, word = "", rest = ""] = /^(\S*)[ \t]?(.*)$/s.exec(line) ?? [];
  const verb = word.toUpperCase();
  const shown = verb === "AUTH" ? line.replace(/^(\S+\s+\S+)\s+\S.*$/s, "$1 ****") : line;
  return { verb, argument: rest, shown };
}

/** What is wrong with a command, whatever the server says to it. */
export function complainOfCommand(verb: string, argument: string): readonly MailComplaint[] {
  switch (verb) {
    case "HELO":
      return [oldHello, ...complainOfName(verb, argument)];
    case "EHLO":
      return complainOfName(verb, argument);
    case "MAIL":
    case "RCPT":
      return /^(?:FROM|TO):\s/i.test(argument) ? [spacedPath] : [];
    default:
      return [];
  }
}

const oldHello: MailComplaint = {
  code: "hello-old",
  level: "warning",
  text: "The client says HELO: nothing of ESMTP is to be had by it, and it should say EHLO",
  section: "RFC 5321 §3.2",
};

const spacedPath: MailComplaint = {
  code: "path-space",
  level: "error",
  text: "White space stands between the colon and the path, where none may be",
  section: "RFC 5321 §3.3",
};

const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

function complainOfName(verb: string, name: string): readonly MailComplaint[] {
  const isNamed = name !== "" && name.split(".").every((one) => label.test(one));
  if (isLiteral(name) || (isNamed && name.includes(".") && !isIPv4(name))) return [];
  const isBare = isNamed && !name.includes(".");
  const why = isBare ? "is no fully-qualified name" : "is neither a name nor an address in brackets";
  const text = name === "" ? `${verb} has no name behind it` : `The name behind ${verb} ${why}`;
  return [{ code: "hello-name", level: isBare ? "warning" : "error", text, section: "RFC 5321 §4.1.4" }];
}

function isLiteral(name: string): boolean {
  const inside = /^\[(.*)\]$/.exec(name)?.[1];
  return inside !== undefined && (isIPv4(inside) || (/^IPv6:/i.test(inside) && isIPv6(inside.slice(5))));
}

/** Replies that mean that the client should not have said so; what it was refused for is another matter (450, 550). */
const faults: Readonly<Record<string, readonly [code: string, what: string, section: string]>> = {
  500: ["command-unknown", "is no command that the server knows", "RFC 5321 §4.2.4"],
  501: ["command-syntax", "is spelt wrong", "RFC 5321 §4.1.1"],
  503: ["command-order", "comes at the wrong time", "RFC 5321 §4.1.4"],
  555: ["command-parameter", "has parameters that the server did not offer", "RFC 5321 §4.1.1.11"],
};

/** What a reply says of the command that it answers. */
export function complainOfReply(verb: string, reply: string): MailComplaint | undefined {
  const fault = faults[reply.slice(0, 3)];
  if (fault === undefined || verb === "AUTH") return undefined;
  const [code, what, section] = fault;
  return { code, level: "error", text: `${verb === "" ? "An empty line" : verb} ${what}: ${reply}`, section };
}
