import { MailHeader } from "@hawser/mime";
import { SenderAuthentication, type SenderVerdict } from "../../sender/authenticate.ts";
import { withoutForgedResults } from "../../sender/results/forged.ts";
import { smtpReject } from "../../smtp/errors.ts";
import { isJunk, junkField } from "../delivery/junk.ts";
import { type ArrivedHeader, type MailArrival, type MailArrivalFacts, peerIp, plainArrival } from "./arrival.ts";
import type { MailDomainOptions, MailSenderJudging } from "./options.ts";

/**
 * A message from anybody: its sender is judged, what was found stands on top of it, and what others have said in our name is
 * gone. A peer without an address, behind a UNIX socket, cannot be judged.
 */
export function judgedArrival(facts: MailArrivalFacts, options: MailDomainOptions): MailArrival {
  const { header, envelope, session } = facts;
  const { senders, reactor, name: authservId } = options;
  const peer = peerIp(session);
  if (senders === undefined || peer === undefined)
    return plainArrival(withoutForgedResults(header, authservId), isJunk(header));
  const check = { peer, helo: session.hello ?? "unknown", mailFrom: envelope.from?.address ?? "" };
  const { lookups } = senders;
  const authentication = new SenderAuthentication(header, check, {
    lookups,
    reactor,
    authservId,
    signal: session.signal,
  });
  return {
    receive: (chunk) => authentication.receive(chunk),
    finish: async () => judged(await authentication.finish(), senders),
  };
}

/** Does what the domain asks for (RFC 7489 §6.6.2), as far as we follow. */
function judged(verdict: SenderVerdict, { dmarc: mode = "enforce" }: MailSenderJudging): ArrivedHeader {
  const { header, dmarc } = verdict;
  const isDisowned = dmarc.result === "fail" && dmarc.disposition !== "none";
  if (isDisowned && dmarc.disposition === "reject" && mode === "enforce") throw disowned;
  // Who names no author, or several, would be judged by none of their domains.
  const isSuspect = mode !== "mark" && (isDisowned || dmarc.result === "permerror");
  if (isSuspect) return { header: new MailHeader([junkField, ...header.fields]), isJunk: true };
  return { header, isJunk: isJunk(header) };
}

const disowned = smtpReject("550 5.7.26 The domain in From says that it did not send this message");
