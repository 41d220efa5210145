import type { MailRoute, MailRouter } from "../domain.ts";
import { mailAddressParts } from "../names.ts";
import { RoutedDomains } from "./domains.ts";
import { MailExpansion } from "./expansion.ts";
import type { MailRouterOptions } from "./options.ts";

/**
 * Makes a router. For an address of ours it looks, in this order, for an alias `name@domain`, an alias `name`, a user, and the
 * catch-all, `@domain`; each first with what stands behind the separator, then without it. Aliases are followed to their end,
 * each once, so that nothing goes in a circle.
 *
 * ```ts
 * const router = mailRouter({
 *   domains: ["example.org", { name: "example.net", aliasOf: "example.org" }],
 *   hasUser: (user) => user === "alice@example.org",
 *   aliases: memoryMailAliases("team: alice, carol@example.com\n"),
 * });
 * await router.route("Team@example.net"); // { type: "deliver", to: [the mailbox of alice, carol elsewhere] }
 * ```
 * @throws {RangeError} for domains that make no sense
 */
export function mailRouter(options: MailRouterOptions): MailRouter {
  const domains = new RoutedDomains(options.domains);
  return {
    isLocal: (domain) => domains.get(domain) !== undefined,
    async route(address) {
      const { local, domain: name } = mailAddressParts(address);
      const domain = name === "" ? domains.first : domains.get(name);
      if (domain === undefined) return { type: "remote" };
      if (/[%!@:]/.test(local)) return routed;
      return (await returned(local, options)) ?? new MailExpansion(options, domains).route(local, domain);
    },
  };
}

/** Reports about mail that was sent on from here go back to whoever sent it first, and to nobody as anything else. */
async function returned(local: string, { srs }: MailRouterOptions): Promise<MailRoute | undefined> {
  const read = srs?.reverse(local);
  if (read === undefined) return undefined;
  if (typeof read === "string") return { type: "deliver", to: [{ type: "forward", address: read, from: "" }] };
  return { type: "refuse", status: "5.1.1", text: read.reason };
}

const routed: MailRoute = { type: "refuse", status: "5.1.3", text: "Addresses with a way in them are not taken" };
