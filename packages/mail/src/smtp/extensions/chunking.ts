import { replyWith, type SmtpExtension } from "../extension.ts";
import { SmtpCode } from "../words.ts";

/** Messages in counted chunks (RFC 3030 §2): no dots, and no end that could be mistaken. */
export const chunkingExtension: SmtpExtension = {
  keyword: "CHUNKING",
  offer: () => "",
  verbs: {
    BDAT: {
      after: "nothing", // what is wrong is said behind the octets
      hasOctets: true,
      run(argument) {
        const [, octets, last] = /^(\d{1,15})( LAST)?$/i.exec(argument) ?? [];
        if (octets !== undefined) return { type: "chunk", octets: Number(octets), isLast: last !== undefined };
        return { type: "reply", reply: replyWith(SmtpCode.badArguments, "5.5.4", "BDAT wants a number of octets") };
      },
    },
  },
};
