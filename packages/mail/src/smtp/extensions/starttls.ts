import { replyWith, type SmtpExtension } from "../extension.ts";
import { SmtpCode } from "../words.ts";

/** TLS on the connection that is there (RFC 3207). What came behind the command in clear ends the session. */
export const startTlsExtension: SmtpExtension = {
  keyword: "STARTTLS",
  offer: ({ hasTls, isSecure }) => (hasTls && !isSecure ? "" : undefined),
  verbs: {
    STARTTLS: {
      endsGroup: true,
      isAlwaysAllowed: true,
      run(argument, { facts }) {
        if (argument !== "")
          return { type: "reply", reply: replyWith(SmtpCode.badArguments, "5.5.4", "STARTTLS has no argument") };
        if (facts.isSecure)
          return { type: "reply", reply: replyWith(SmtpCode.badSequence, "5.5.1", "TLS has begun already") };
        return { type: "ask", event: { type: "starttls" } };
      },
    },
  },
};
