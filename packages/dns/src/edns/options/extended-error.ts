import { escapeDnsText } from "../../presentation/strings.ts";
import { checkInteger } from "../../records/fields/numbers.ts";
import type { EdnsOptionKind } from "./option.ts";

/** Why an answer is what it is (RFC 8914 §2). */
export interface EdnsExtendedError {
  readonly type: "extended-error";
  /** One of {@link ExtendedDnsError}, or one that nobody knows. */
  readonly infoCode: number;
  /** For people; never to be acted upon. */
  readonly text: string;
}

/** Makes the option. */
export function extendedError(infoCode: number, text = ""): EdnsExtendedError {
  return { type: "extended-error", infoCode, text };
}

/** Why an answer is what it is, by number (RFC 8914 §4; IANA). */
export const ExtendedDnsError = {
  other: 0,
  unsupportedDnskeyAlgorithm: 1,
  unsupportedDsDigestType: 2,
  staleAnswer: 3,
  forgedAnswer: 4,
  dnssecIndeterminate: 5,
  dnssecBogus: 6,
  signatureExpired: 7,
  signatureNotYetValid: 8,
  dnskeyMissing: 9,
  rrsigsMissing: 10,
  noZoneKeyBitSet: 11,
  nsecMissing: 12,
  cachedError: 13,
  notReady: 14,
  blocked: 15,
  censored: 16,
  filtered: 17,
  prohibited: 18,
  staleNxdomainAnswer: 19,
  notAuthoritative: 20,
  notSupported: 21,
  noReachableAuthority: 22,
  networkError: 23,
  invalidData: 24,
  signatureExpiredBeforeValid: 25,
  tooEarly: 26,
  unsupportedNsec3Iterations: 27,
  unableToConformToPolicy: 28,
  synthesized: 29,
} as const;

/** EDE */
export const extendedErrorOption: EdnsOptionKind<EdnsExtendedError> = {
  type: "extended-error",
  code: 15,
  decode(reader) {
    const infoCode = reader.uint16();
    return { type: "extended-error", infoCode, text: Buffer.from(reader.rest()).toString() };
  },
  encode({ infoCode, text }, writer) {
    writer.uint16(checkInteger(infoCode, 0xffff));
    writer.put(Buffer.from(text));
  },
  format({ infoCode, text }) {
    const name = nameOf(infoCode);
    const more = text === "" ? "" : `: (${escapeDnsText(Buffer.from(text).toString("latin1"))})`;
    return `EDE: ${infoCode}${name === undefined ? "" : ` (${name})`}${more}`;
  },
};

/** `staleNxdomainAnswer` as `Stale Nxdomain Answer`. */
function nameOf(infoCode: number): string | undefined {
  const [name] = Object.entries(ExtendedDnsError).find(([, number]) => number === infoCode) ?? [];
  return name?.replace(/^[a-z]|[A-Z]/g, (letter, at: number) => `${at === 0 ? "" : " "}${letter.toUpperCase()}`);
}
