import type { MailRouter } from "../domain/domain.ts";
import type { MailDomain } from "../domain/service/options.ts";
import { smtpReject } from "../smtp/errors.ts";

/** A mail domain that takes nothing for others, whoever has logged in. */
export function withinOurDomains(domain: MailDomain, router: MailRouter): MailDomain {
  return {
    ...domain,
    recipient: (to, session, from) => {
      const isOurs = to.domain === "" || router.isLocal(to.domain);
      return isOurs ? domain.recipient(to, session, from) : nothingElsewhere;
    },
  };
}

const nothingElsewhere = smtpReject("550 5.7.1 This server sends nothing elsewhere");
