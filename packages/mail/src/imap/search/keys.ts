import type { ImapNumberSet } from "../wire/number-set.ts";

/** What SEARCH looks for, as a tree (RFC 9051 §6.4.4). Texts are as people read them. */
export type ImapSearchKey =
  | { readonly type: "all" }
  | { readonly type: "and"; readonly keys: readonly ImapSearchKey[] }
  | { readonly type: "or"; readonly one: ImapSearchKey; readonly other: ImapSearchKey }
  | { readonly type: "not"; readonly key: ImapSearchKey }
  | { readonly type: "flag"; readonly flag: string; readonly isSet: boolean }
  | { readonly type: "sequence"; readonly set: ImapNumberSet }
  | { readonly type: "uid"; readonly set: ImapNumberSet }
  | { readonly type: "saved" }
  /** Days in UTC; `receivedAt`, or the `Date` of its sender, from the first day to before the last. */
  | { readonly type: "received" | "sent"; readonly from: number; readonly before: number }
  /** In seconds back from now (RFC 5032). */
  | { readonly type: "younger" | "older"; readonly seconds: number }
  | { readonly type: "larger" | "smaller"; readonly octets: number }
  | { readonly type: "header"; readonly name: string; readonly text: string }
  | { readonly type: "body" | "text"; readonly text: string }
  | { readonly type: "modseq"; readonly modSeq: number }
  | { readonly type: "emailid" | "threadid"; readonly id: string };
