import type { Reactor } from "@hawser/core";
import { type MailField, MailHeader } from "@hawser/mime";
import type { DkimResult } from "./dkim/result.ts";
import { DkimVerifier, type DkimVerifyOptions } from "./dkim/verifier.ts";
import { checkDmarc, type DmarcOutcome } from "./dmarc/dmarc.ts";
import type { DmarcOptions } from "./dmarc/options.ts";
import { senderLookupsMax, senderTimeoutMs } from "./limits.ts";
import { LimitedLookups } from "./lookups/limited-lookups.ts";
import type { DnsLookups } from "./lookups/lookups.ts";
import type { AuthenticationResult } from "./results/authentication-results.ts";
import { withoutForgedResults } from "./results/forged.ts";
import { formatAuthenticationResults } from "./results/format.ts";
import { formatReceivedSpf } from "./results/received-spf.ts";
import { dkimResults, dmarcResult, spfResult } from "./results/results-of.ts";
import { checkSpf, checkSpfHelo, type SpfCheck, type SpfOptions, type SpfOutcome } from "./spf/check-host.ts";
import { spfSubject } from "./spf/subject.ts";
import { splitMessage } from "./split-message.ts";

/** How senders are judged. */
export interface AuthenticateOptions
  extends Pick<DkimVerifyOptions, "acceptsUnsignedBody" | "signaturesMax">,
    Pick<DmarcOptions, "organizationalDomain">,
    Pick<SpfOptions, "signal"> {
  readonly lookups: DnsLookups;
  readonly reactor: Pick<Reactor, "clock" | "random">;
  /** In whose name the results are written: the host's, or one that stands for all of an organization's. */
  readonly authservId: string;
  /** Questions for one message. Default 300. */
  readonly lookupsMax?: number | undefined;
  /** For all answers that are needed once the body is there. Default 40,000 ms. */
  readonly timeoutMs?: number | undefined;
}

/** What became of a message. */
export interface SenderVerdict {
  readonly spf: SpfOutcome;
  /** The same of the name that the peer gave. */
  readonly spfHelo: SpfOutcome;
  /** One for each signature that was looked at. */
  readonly dkim: readonly DkimResult[];
  readonly dmarc: DmarcOutcome;
  /** `Authentication-Results`, to stand before all others. */
  readonly field: MailField;
  /** `Received-SPF`, for who wants it. */
  readonly receivedSpf: MailField;
  /** The header as it may be kept: without forged results, and with {@link SenderVerdict.field} before it. */
  readonly header: MailHeader;
}

/**
 * Judges the sender of a message that passes by: SPF is asked at once, then the body comes in chunks cut anywhere.
 *
 * ```ts no-run
 * const sender = new SenderAuthentication(header, { peer, helo, mailFrom }, options);
 * for await (const chunk of body) sender.receive(chunk);
 * const { dmarc, field } = await sender.finish();
 * ```
 */
export class SenderAuthentication {
  readonly #header: MailHeader;
  readonly #check: SpfCheck;
  readonly #options: AuthenticateOptions;
  readonly #lookups: LimitedLookups;
  readonly #verifier: DkimVerifier;
  readonly #spf: Promise<readonly [SpfOutcome, SpfOutcome]>;

  /** @throws {RangeError} when the peer's address is none */
  constructor(header: MailHeader, check: SpfCheck, options: AuthenticateOptions) {
    const { reactor, lookupsMax = senderLookupsMax, timeoutMs = senderTimeoutMs } = options;
    const { clock } = reactor;
    spfSubject(check.peer, check.helo, check.mailFrom);
    this.#header = header;
    this.#check = check;
    this.#options = options;
    this.#lookups = new LimitedLookups(options.lookups, { clock, lookupsMax, timeoutMs, signal: options.signal });
    this.#verifier = new DkimVerifier(header, { ...options, lookups: this.#lookups, now: clock.wall() });
    this.#spf = this.#checkSpf();
    this.#spf.catch(() => {}); // finish() tells it, if somebody calls it
  }

  /** Takes a piece of the body. */
  receive(chunk: Uint8Array): void {
    this.#verifier.receive(chunk);
  }

  /** The body is over. Call it once. Rejects with `signal.reason` alone. */
  async finish(): Promise<SenderVerdict> {
    const [spf, spfHelo] = await this.#spf;
    this.#lookups.restart();
    const dkim = await this.#verifier.finish();
    const { reactor, organizationalDomain, signal } = this.#options;
    const chance = (): number => reactor.random.number();
    const evidence = { header: this.#header, spf, dkim };
    const dmarc = await checkDmarc(evidence, { lookups: this.#lookups, chance, organizationalDomain, signal });
    return this.#verdict({ spf, spfHelo, dkim, dmarc });
  }

  async #checkSpf(): Promise<readonly [SpfOutcome, SpfOutcome]> {
    const { reactor, authservId, signal } = this.#options;
    const options = { lookups: this.#lookups, clock: reactor.clock, receiver: authservId, signal };
    const spf = await checkSpf(this.#check, options);
    return [spf, spf.identity === "helo" ? spf : await checkSpfHelo(this.#check, options)];
  }

  #verdict(found: Pick<SenderVerdict, "dkim" | "dmarc" | "spf" | "spfHelo">): SenderVerdict {
    const { authservId } = this.#options;
    const results: readonly AuthenticationResult[] = [
      ...dkimResults(found.dkim),
      spfResult(found.spf, this.#check),
      ...(found.spfHelo === found.spf ? [] : [spfResult(found.spfHelo, this.#check)]),
      dmarcResult(found.dmarc),
    ];
    const field = formatAuthenticationResults({ authservId, results });
    const receivedSpf = formatReceivedSpf(found.spf, this.#check, authservId);
    const clean = withoutForgedResults(this.#header, authservId);
    return { ...found, field, receivedSpf, header: new MailHeader([field, ...clean.fields]) };
  }
}

/** A message whole, or as a header and the pieces of its body. */
export type AuthenticatedMail =
  | { readonly message: Uint8Array }
  | { readonly header: MailHeader; readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };

/**
 * Judges the sender of a message: SPF, DKIM, DMARC, and the field that says so.
 *
 * ```ts no-run
 * const { dmarc, field } = await authenticateMail({ message, peer: "192.0.2.1", helo: "mx.example.org", mailFrom }, {
 *   lookups: resolverLookups(dnsResolver()),
 *   reactor: nodeReactor,
 *   authservId: "mx.example.net",
 * });
 * ```
 * Rejects with `signal.reason`, and with what the body rejects with. @throws {RangeError} when the peer's address is none
 */
export async function authenticateMail(
  mail: AuthenticatedMail & SpfCheck,
  options: AuthenticateOptions,
): Promise<SenderVerdict> {
  const { header, body } = "message" in mail ? wholeMessage(mail.message) : mail;
  const sender = new SenderAuthentication(header, mail, options);
  for await (const chunk of body) sender.receive(chunk);
  return sender.finish();
}

function wholeMessage(message: Uint8Array): { readonly header: MailHeader; readonly body: readonly Uint8Array[] } {
  const { header, body } = splitMessage(message);
  return { header, body: [body] };
}
