import { replyWith, type SmtpExtension, type SmtpVerbResult } from "../extension.ts";
import { decodeXtext } from "../wire/xtext.ts";
import { SmtpCode } from "../words.ts";

/** Logins by SASL (RFC 4954). */
export const authExtension: SmtpExtension = {
  keyword: "AUTH",
  offer: ({ mechanisms }) => (mechanisms.length === 0 ? undefined : mechanisms.join(" ")),
  mailParameters: {
    AUTH(value) {
      const auth = value === undefined || value.length > 500 ? undefined : decodeXtext(value);
      return auth === undefined
        ? { refused: replyWith(SmtpCode.badArguments, "5.5.4", "AUTH is an address in xtext") }
        : { auth };
    },
  },
  verbs: {
    AUTH: {
      endsGroup: true,
      isAlwaysAllowed: true,
      run(argument, { isLoggedIn, transaction }) {
        if (isLoggedIn) return refused(SmtpCode.badSequence, "5.5.1", "You are logged in already");
        if (transaction !== undefined) return refused(SmtpCode.badSequence, "5.5.1", "Not within a message");
        const [, mechanism, initial] = /^([A-Za-z0-9_-]{1,20})(?: (\S+))?$/.exec(argument) ?? [];
        if (mechanism === undefined) return refused(SmtpCode.badArguments, "5.5.4", "AUTH wants a mechanism");
        const octets = initial === undefined ? undefined : decodeSasl(initial);
        if (initial !== undefined && octets === undefined) return refused(SmtpCode.badArguments, "5.5.2", "Not base64");
        return { type: "ask", event: { type: "auth", mechanism: mechanism.toUpperCase(), initial: octets } };
      },
    },
  },
};

/** Reads base64 strictly; `=` means nothing at all, where nothing must be written (RFC 4954 §4). */
export function decodeSasl(text: string): Uint8Array | undefined {
  if (text === "=") return new Uint8Array(0);
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Buffer.from(text, "base64");
}

function refused(code: number, enhanced: string, text: string): SmtpVerbResult {
  return { type: "reply", reply: replyWith(code, enhanced, text) };
}
