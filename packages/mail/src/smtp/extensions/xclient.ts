import { replyWith, type SmtpExtension } from "../extension.ts";
import { decodeXtext } from "../wire/xtext.ts";
import { SmtpCode } from "../words.ts";

/** What a proxy may tell of its client, as Postfix and nginx spell it (XCLIENT_README). */
const known = ["NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT"];

/** A proxy says for whom it speaks. Offered to trusted peers alone. */
export const xclientExtension: SmtpExtension = {
  keyword: "XCLIENT",
  offer: ({ isProxy }) => (isProxy ? known.join(" ") : undefined),
  verbs: {
    XCLIENT: {
      endsGroup: true,
      isAlwaysAllowed: true,
      run(argument, { transaction }) {
        if (transaction !== undefined)
          return { type: "reply", reply: replyWith(SmtpCode.badSequence, "5.5.1", "Not within a message") };
        const attributes = readAttributes(argument);
        if (attributes !== undefined) return { type: "ask", event: { type: "xclient", attributes } };
        return { type: "reply", reply: replyWith(SmtpCode.badArguments, "5.5.4", "XCLIENT wants NAME=value") };
      },
    },
  },
};

/** `[UNAVAILABLE]` and `[TEMPUNAVAIL]` mean that the proxy does not know. */
function readAttributes(argument: string): ReadonlyMap<string, string | undefined> | undefined {
  const attributes = new Map<string, string | undefined>();
  for (const word of argument.split(" ")) {
    const [, name, xtext] = /^([A-Za-z]+)=(\S+)$/.exec(word) ?? [];
    const key = name?.toUpperCase() ?? "";
    const value = xtext === undefined ? undefined : decodeXtext(xtext);
    if (!known.includes(key) || value === undefined || attributes.has(key)) return undefined;
    attributes.set(key, /^\[(UNAVAILABLE|TEMPUNAVAIL)\]$/i.test(value) ? undefined : value);
  }
  return attributes;
}
