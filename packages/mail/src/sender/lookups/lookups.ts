import type { Cancellable } from "@hawser/core";

/** The types of records that senders, and the domains of mail, are judged by. */
export type DnsLookupsType = "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "PTR" | "SRV" | "TXT";

/** What the DNS says. */
export type DnsLookupsAnswer =
  | {
      readonly type: "found";
      /**
       * Addresses; names without their last dot, those of MX the most preferred first; texts, the strings of a record joined, one
       * character for each octet (RFC 7208 §3.3). Others as people write them: `0 1 993 mail.example.org`, `0 issue "ca.example"`.
       */
      readonly values: readonly string[];
    }
  | { readonly type: "none"; readonly nameExists: boolean }
  | { readonly type: "failed"; readonly reason: string };

/** The questions to the DNS that the sender of a message is judged by. It never rejects but with `signal.reason`. */
export interface DnsLookups {
  /** @param name without its last dot; whatever characters are in it are sent as octets of UTF-8 */
  lookUp(name: string, type: DnsLookupsType, options?: Cancellable): Promise<DnsLookupsAnswer>;
}
