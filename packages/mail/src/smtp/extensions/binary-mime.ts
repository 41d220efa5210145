import { replyWith, type SmtpExtension } from "../extension.ts";
import { SmtpCode } from "../words.ts";

/** Messages whose octets are no lines, in chunks alone (RFC 3030 §3). Listed behind 8BITMIME, whose BODY it widens. */
export const binaryMimeExtension: SmtpExtension = {
  keyword: "BINARYMIME",
  offer: () => "",
  mailParameters: {
    BODY(value) {
      const body = value?.toUpperCase();
      if (body === "7BIT" || body === "8BITMIME" || body === "BINARYMIME") return { body };
      return { refused: replyWith(SmtpCode.badArguments, "5.5.4", "BODY is 7BIT, 8BITMIME or BINARYMIME") };
    },
  },
};
