import { replyWith, type SmtpExtension } from "../extension.ts";
import { decodeXtext } from "../wire/xtext.ts";
import { SmtpCode, type SmtpNotify } from "../words.ts";

/** What a sender wants to hear of a message's delivery (RFC 3461). */
export const dsnExtension: SmtpExtension = {
  keyword: "DSN",
  offer: () => "",
  mailParameters: {
    RET(value) {
      const ret = value?.toUpperCase();
      return ret === "FULL" || ret === "HDRS" ? { ret } : { refused: wrong("RET is FULL or HDRS") };
    },
    ENVID(value) {
      const envid = value === undefined || value.length > 100 ? undefined : decodeXtext(value); // RFC 3461 §4.4
      return envid === undefined ? { refused: wrong("ENVID is at most 100 characters of xtext") } : { envid };
    },
  },
  recipientParameters: {
    NOTIFY(value) {
      const notify = value === undefined ? undefined : readNotify(value.toUpperCase());
      return notify === undefined
        ? { refused: wrong("NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY") }
        : { notify };
    },
    ORCPT(value) {
      const [, type, xtext] = /^([A-Za-z0-9.-]+);(.*)$/.exec(value ?? "") ?? [];
      const address = xtext === undefined || xtext.length > 500 ? undefined : decodeAddress(type!, xtext);
      return address === undefined
        ? { refused: wrong("ORCPT is a type, a semicolon and xtext") }
        : { orcpt: `${type!.toLowerCase()};${address}` };
    },
  },
};

function readNotify(value: string): readonly SmtpNotify[] | undefined {
  if (value === "NEVER") return [];
  const words = value.split(",");
  return words.every(isNotify) && new Set(words).size === words.length ? (words as SmtpNotify[]) : undefined;
}

function isNotify(word: string): word is SmtpNotify {
  return word === "SUCCESS" || word === "FAILURE" || word === "DELAY";
}

/** `utf-8;` may have UTF-8 as it is (RFC 6533 §3); its own escapes are left to whoever reads it. */
function decodeAddress(type: string, text: string): string | undefined {
  return type.toLowerCase() === "utf-8" ? text : decodeXtext(text);
}

function wrong(text: string): ReturnType<typeof replyWith> {
  return replyWith(SmtpCode.badArguments, "5.5.4", text);
}
