import { replyWith, type SmtpExtension } from "../extension.ts";
import { SmtpCode } from "../words.ts";

/** Addresses and headers in UTF-8 (RFC 6531). */
export const smtpUtf8Extension: SmtpExtension = {
  keyword: "SMTPUTF8",
  offer: () => "",
  mailParameters: {
    SMTPUTF8(value) {
      if (value === undefined) return { utf8: true };
      return { refused: replyWith(SmtpCode.badArguments, "5.5.4", "SMTPUTF8 has no value") };
    },
  },
};
