import { replyWith, type SmtpExtension } from "../extension.ts";
import { SmtpCode } from "../words.ts";

/** Octets beyond US-ASCII in messages (RFC 6152). */
export const eightBitMimeExtension: SmtpExtension = {
  keyword: "8BITMIME",
  offer: () => "",
  mailParameters: {
    BODY(value) {
      const body = value?.toUpperCase();
      if (body === "7BIT" || body === "8BITMIME") return { body };
      return { refused: replyWith(SmtpCode.badArguments, "5.5.4", "BODY is 7BIT or 8BITMIME") };
    },
  },
};
