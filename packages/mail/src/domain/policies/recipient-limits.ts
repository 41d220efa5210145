import type { SmtpSession } from "../../smtp/backend.ts";
import { smtpAccept, smtpReject } from "../../smtp/errors.ts";
import type { MailPolicy } from "./policy.ts";

/** For how many one message may be. */
export interface MailRecipientLimitsOptions {
  /** Of who has not logged in. Default 100, which RFC 5321 §4.5.3.1.8 wants at least. */
  readonly recipientsMax?: number | undefined;
  /** Of who has. Default 1,000. */
  readonly loginRecipientsMax?: number | undefined;
  /** Of a report, which goes to one sender. Default 1; who pretends to report has more. */
  readonly reportRecipientsMax?: number | undefined;
}

/** Limits the recipients of one message; the others may come with the next (452 4.5.3, RFC 5321 §4.5.3.1.10). */
export function mailRecipientLimits(options: MailRecipientLimitsOptions = {}): MailPolicy {
  const { recipientsMax = 100, loginRecipientsMax = 1_000, reportRecipientsMax = 1 } = options;
  const counts = new WeakMap<SmtpSession, number>();
  return {
    sender: (_from, session) => void counts.set(session, 0),
    recipient(_to, session, from) {
      const count = (counts.get(session) ?? 0) + 1;
      const ofSession = session.login === undefined ? recipientsMax : loginRecipientsMax;
      if (count > (from === undefined ? Math.min(ofSession, reportRecipientsMax) : ofSession)) return tooMany;
      counts.set(session, count);
      return smtpAccept;
    },
  };
}

const tooMany = smtpReject("452 4.5.3 Too many recipients for one message");
