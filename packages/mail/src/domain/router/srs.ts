import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "@hawser/core";
import { smtpLocalPartOctetsMax } from "../../smtp/limits.ts";
import { mailAddressOf, mailAddressParts, mailDomainKey } from "../names.ts";

/** Writes senders anew for mail that is sent on, and reads them back. */
export interface MailSenderRewriting {
  /** The reverse-path with which mail from `from` is sent on. The null reverse-path stays what it is. */
  rewrite(from: string): string;
  /**
   * Reads a local part that {@link rewrite} has made: whom it means, or why it is not taken. `undefined`: it is none.
   */
  reverse(local: string): string | { readonly reason: string } | undefined;
}

/** How senders are rewritten. */
export interface MailSenderRewritingOptions {
  /** Our domain: where reports come back to. */
  readonly domain: string;
  /** Known to us alone, and to the other servers of the domain; the first makes, all are taken. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** For how long reports are taken. Default 21 days, as other programs have it. */
  readonly daysMax?: number | undefined;
}

/**
 * The Sender Rewriting Scheme: `SRS0=HASH=DAY=example.org=alice@here`. Mail that is sent on comes from us, for SPF, and reports
 * find their way back. Nobody else can make such an address, and each is good for some days only, so this is no relay. What
 * another server has rewritten already becomes `SRS1`, which leads back to that server.
 * @throws {RangeError} without a secret, or with a domain that is none
 */
export function mailSenderRewriting(options: MailSenderRewritingOptions): MailSenderRewriting {
  const domain = mailDomainKey(options.domain);
  if (domain === undefined || options.secrets.length === 0 || options.secrets.some((one) => one.length < 8))
    throw new RangeError("Cannot rewrite senders: a domain is needed, and secrets of at least 8 characters");
  return {
    rewrite: (from) => (from === "" ? "" : rewritten(from, domain, options)),
    reverse: (local) => reversed(local, options),
  };
}

function rewritten(from: string, here: string, options: MailSenderRewritingOptions): string {
  const { local, domain } = mailAddressParts(from);
  const [secret] = options.secrets as [string];
  const [, kind, rest] = /^SRS([01])([=+-].*)$/is.exec(local) ?? [];
  if (kind === undefined) {
    const day = dayOf(options.clock);
    return address("SRS0", `${markOf(secret, day, domain, local)}=${day}=${domain}=${local}`, here, from);
  }
  if (kind === "0") return address("SRS1", `${markOf(secret, domain, rest!)}=${domain}=${rest}`, here, from);
  const [, first, of] = /^.[^=]*=([^=]+)=(.*)$/s.exec(rest!) ?? [];
  return first === undefined ? from : address("SRS1", `${markOf(secret, first, of!)}=${first}=${of}`, here, from);
}

/** What has become too long for a local part (RFC 5321 §4.5.3.1.1) goes as it came: SPF may fail then, but no report is lost. */
function address(kind: string, rest: string, domain: string, from: string): string {
  const local = `${kind}=${rest}`;
  return Buffer.byteLength(local) > smtpLocalPartOctetsMax ? from : mailAddressOf(local, domain);
}

function reversed(
  local: string,
  options: MailSenderRewritingOptions,
): string | { readonly reason: string } | undefined {
  const [, kind, rest] = /^SRS([01])[=+-](.*)$/is.exec(local) ?? [];
  if (kind === undefined) return undefined;
  return kind === "0" ? first(rest!, options) : further(rest!, options);
}

function first(rest: string, options: MailSenderRewritingOptions): string | { readonly reason: string } {
  const [, mark, day, domain, local] = /^([^=]+)=([A-Z2-7]{2})=([^=]+)=(.+)$/is.exec(rest) ?? [];
  if (mark === undefined || !isMark(mark, options, day!, domain!, local!)) return forged;
  return isFresh(day!, options) ? mailAddressOf(local!, domain!) : expired;
}

function further(rest: string, options: MailSenderRewritingOptions): string | { readonly reason: string } {
  const [, mark, domain, of] = /^([^=]+)=([^=]+)=(.+)$/s.exec(rest) ?? [];
  if (mark === undefined || !isMark(mark, options, domain!, of!)) return forged;
  return mailAddressOf(`SRS0${of}`, domain!);
}

const forged = { reason: "This is no address that we have made" };
const expired = { reason: "This address was good for some days, which are over" };

/** Case is lost on the way now and then, so none counts. */
function markOf(secret: string, ...parts: readonly string[]): string {
  const text = parts.join("=").toLowerCase();
  return base32(createHmac("sha256", secret).update(text).digest().subarray(0, 4));
}

function isMark(mark: string, { secrets }: MailSenderRewritingOptions, ...parts: readonly string[]): boolean {
  const given = Buffer.from(mark.toUpperCase());
  return secrets.some((secret) => {
    const right = Buffer.from(markOf(secret, ...parts));
    return right.length === given.length && timingSafeEqual(right, given);
  });
}

const dayMs = 86_400_000;

/** Days since 1970 in two letters, which begin anew after 1,024. */
function dayOf(clock: Clock): string {
  const day = Math.floor(clock.wall() / dayMs) % 1_024;
  return `${letters[day >> 5]}${letters[day & 31]}`;
}

function isFresh(day: string, { clock, daysMax = 21 }: MailSenderRewritingOptions): boolean {
  const [high, low] = [...day.toUpperCase()].map((letter) => letters.indexOf(letter)) as [number, number];
  const age = ((Math.floor(clock.wall() / dayMs) % 1_024) - (high * 32 + low) + 1_024) % 1_024;
  return age <= daysMax || age === 1_023; // another server of ours may be a day ahead
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** 30 bits in six letters (RFC 4648 §6): a guess is right once in 10^9, and there is no room for more. */
function base32(octets: Uint8Array): string {
  let number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  let text = "";
  for (let i = 0; i < 6; i += 1) {
    text = letters[number % 32] + text;
    number = Math.floor(number / 32);
  }
  return text;
}
