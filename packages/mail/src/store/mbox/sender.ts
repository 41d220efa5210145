import type { MailHeader } from "@hawser/mime";

/** Whom the first line of a message in an mbox names: who sent it, as far as its header tells. */
export function readAddressFrom(header: MailHeader): string {
  const told = header.get("return-path") ?? header.get("from") ?? "";
  return /<?([^\s<>"(),;:]+@[^\s<>"(),;:]+)>?/.exec(told)?.[1] ?? "MAILER-DAEMON";
}
