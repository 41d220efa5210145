import type { SmtpBackend, SmtpDecision, SmtpRecipient, SmtpSession, SmtpVerdict } from "../../smtp/backend.ts";
import { smtpAccept } from "../../smtp/errors.ts";
import type { SmtpAddress } from "../../smtp/wire/path.ts";

/**
 * Who may bring mail, and how much: a part of an {@link SmtpBackend}. Whatever is absent is allowed.
 *
 * Refuse in `recipient` rather than before: whoever has logged in by then is not asked for, and `postmaster` can be reached by
 * everybody (RFC 5321 §4.5.1).
 */
export interface MailPolicy
  extends Partial<Pick<SmtpBackend, "closed" | "connected" | "hello" | "sender">>,
    Partial<Pick<SmtpBackend, "recipient">> {}

/**
 * Puts policies before a backend: each is asked in turn until one refuses. Recipients are shown to the backend first, so that no
 * policy is bothered with people who are not there.
 *
 * ```ts no-run
 * const backend = withMailPolicies({ recipient, message }, [mailRecipientLimits(), mailGreylist({ reactor })]);
 * ```
 */
export function withMailPolicies<Backend extends Omit<SmtpBackend, "message">>(
  backend: Backend,
  policies: readonly MailPolicy[],
): Backend {
  const asked = [...policies, backend];
  return {
    ...backend,
    connected: (session: SmtpSession) => firstRefusal(asked, (one) => one.connected?.(session)),
    hello: (name: string, session: SmtpSession) => firstRefusal(asked, (one) => one.hello?.(name, session)),
    sender: (...facts: Parameters<NonNullable<SmtpBackend["sender"]>>) =>
      firstRefusal(asked, (one) => one.sender?.(...facts)),
    recipient: (to: SmtpRecipient, session: SmtpSession, from: SmtpAddress | undefined) =>
      firstRefusal([backend, ...policies], (one) => one.recipient?.(to, session, from)),
    closed: (session: SmtpSession) => {
      for (const one of asked) one.closed?.(session);
    },
  };
}

/** Asks in turn, and waits only where somebody must think. */
function firstRefusal<One>(ones: readonly One[], ask: (one: One) => SmtpDecision, from = 0): SmtpDecision {
  for (let at = from; at < ones.length; at += 1) {
    const decision = ask(ones[at]!);
    if (decision instanceof Promise)
      return decision.then((verdict): SmtpVerdict | Promise<SmtpVerdict> =>
        verdict === smtpAccept ? firstRefusal(ones, ask, at + 1) : verdict,
      );
    if (decision !== smtpAccept) return decision;
  }
  return smtpAccept;
}

/** Whether a recipient is somebody who must be reachable for those who are kept out. */
export function isMailRole({ local }: SmtpAddress): boolean {
  return /^(?:postmaster|abuse)$/i.test(local);
}
