import { replyWith, type SmtpExtension } from "../extension.ts";
import { SmtpCode } from "../words.ts";

/** How large a message may be, told before it is sent (RFC 1870). */
export const sizeExtension: SmtpExtension = {
  keyword: "SIZE",
  offer: (_facts, limits) => String(limits.messageOctetsMax),
  mailParameters: {
    SIZE(value, { limits }) {
      if (value === undefined || !/^\d{1,20}$/.test(value))
        return { refused: replyWith(SmtpCode.badArguments, "5.5.4", "SIZE wants a number of octets") };
      const size = Number(value);
      if (size <= limits.messageOctetsMax) return { size };
      return { refused: replyWith(SmtpCode.exceededStorage, "5.3.4", "Message is too large") };
    },
  },
};
