import type { MailDestination, MailRouter } from "../domain.ts";
import { mailAddressParts } from "../names.ts";
import type { MailSenderRewriting } from "../router/srs.ts";

/** The reverse-path with which a message is sent on: an owner's, our own people's as it is, others' rewritten for SPF. */
export function forwardedSender(
  from: string,
  to: Extract<MailDestination, { type: "forward" }>,
  { router, srs }: { readonly router: MailRouter; readonly srs?: MailSenderRewriting | undefined },
): string {
  if (from === "") return "";
  if (to.from !== undefined) return to.from;
  return srs === undefined || router.isLocal(mailAddressParts(from).domain) ? from : srs.rewrite(from);
}
