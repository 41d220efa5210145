import type { ComplaintSource } from "./source.ts";

/** Mail of a list, and how one leaves it. */
export function complainOfLists(source: ComplaintSource): void {
  const { tree } = source;
  const { header } = tree;
  const unsubscribe = header.get("list-unsubscribe");
  if (unsubscribe === undefined) {
    const isBulk = /^(?:bulk|list|junk)$/i.test(header.get("precedence") ?? "") || header.has("list-id");
    if (isBulk) source.complain("unsubscribe-missing");
    return;
  }
  const offset = source.offsetOf(tree, "list-unsubscribe");
  const plain = unsubscribe.replace(/\([^()]*\)/g, "").trim();
  if (!/^<[^<>\s]+>(?:\s*,\s*<[^<>\s]+>)*$/.test(plain))
    source.complain("unsubscribe-syntax", offset, { excerpt: unsubscribe });
  else if (!/<https:/i.test(plain) || !/^List-Unsubscribe=One-Click$/i.test(header.get("list-unsubscribe-post") ?? ""))
    source.complain("unsubscribe-one-click", offset);
}
