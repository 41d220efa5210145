/** How something stands in the DNS. */
export type MailDnsVerdict =
  | "good"
  /** It works, and could be better. */
  | "advice"
  /** It must be there. */
  | "missing"
  | "wrong"
  /** The DNS does not tell. */
  | "unknown";

/** What was found out about one thing. */
export interface MailDnsFinding {
  readonly verdict: MailDnsVerdict;
  /** `MX`, `SPF`, `DKIM`, … */
  readonly about: string;
  /** The name that was looked at. */
  readonly name: string;
  /** What is so, on one line. */
  readonly text: string;
  /** What to do; absent where nothing is to be done. */
  readonly todo?: string | undefined;
}

/** Whether somebody has to do something about it, or to ask again. */
export function isMailDnsFault({ verdict }: MailDnsFinding): boolean {
  return verdict === "missing" || verdict === "wrong" || verdict === "unknown";
}
