import { resolve } from "node:path";
import { UsageError } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import { aclPlugin } from "../../plugins/acl.ts";
import { cachePlugin } from "../../plugins/cache.ts";
import { dns64Plugin } from "../../plugins/dns64.ts";
import { forwardPlugin } from "../../plugins/forward.ts";
import { inZone } from "../../plugins/in-zone.ts";
import { recursionClients, recursionPlugin } from "../../recursion/recursion-plugin.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import type { ForwardTarget } from "./spelling.ts";

/** What the options say about names of others. */
export interface ResolutionOptions {
  readonly forward: readonly ForwardTarget[];
  readonly recursive: boolean;
  readonly rootHints: string | undefined;
  readonly allow: readonly string[];
  readonly cache: number | undefined;
  readonly dns64: string | undefined;
}

/** Whether names of others are looked up at all. */
export function resolves({ forward, recursive }: Pick<ResolutionOptions, "forward" | "recursive">): boolean {
  return recursive || forward.length > 0;
}

/**
 * Looks names of others up: for those who may ask, from what is remembered, and from other servers.
 * @throws {UsageError} for options that make no sense together
 */
export function resolution(given: ResolutionOptions): readonly DnsPlugin[] {
  requireSense(given);
  if (!resolves(given)) return [];
  return [
    ...(given.dns64 === undefined ? [] : [madeBy(() => dns64Plugin({ prefix: given.dns64 }), "dns64")]),
    ...branches(given),
    ...everythingElse(given),
  ];
}

/** Who may ask for names of others, and nobody else. */
export function admission({ allow }: Pick<ResolutionOptions, "allow">): DnsPlugin {
  const from = allow.length > 0 ? allow : recursionClients;
  return aclPlugin([{ do: "allow", from }, { do: "refuse" }]);
}

function requireSense(given: ResolutionOptions): void {
  const { forward, recursive, rootHints, dns64, cache } = given;
  if (recursive && forward.some(({ zone }) => zone === undefined))
    throw new UsageError(
      "--recursive asks the servers of the Internet itself: leave out --forward, or give it a ZONE=",
    );
  if (rootHints !== undefined && !recursive) throw new UsageError("--root-hints needs --recursive");
  if (dns64 !== undefined && !resolves(given)) throw new UsageError("--dns64 needs --forward or --recursive");
  if (cache !== undefined && !resolves(given)) throw new UsageError("--cache needs --forward or --recursive");
}

/** Zones that are asked for elsewhere, the inner ones first. */
function branches(given: ResolutionOptions): readonly DnsPlugin[] {
  const zones = new Map<string, { readonly name: DomainName; readonly targets: ForwardTarget[] }>();
  for (const target of given.forward) {
    if (target.zone === undefined) continue;
    const zone = zones.get(target.zone.key) ?? { name: target.zone, targets: [] };
    zone.targets.push(target);
    zones.set(target.zone.key, zone);
  }
  const inner = [...zones.values()].sort((a, b) => b.name.labelCount - a.name.labelCount);
  return inner.map(({ name, targets }) => inZone(name, remembered(targets, given)));
}

function everythingElse(given: ResolutionOptions): readonly DnsPlugin[] {
  const { recursive, rootHints, cache, allow } = given;
  const targets = given.forward.filter(({ zone }) => zone === undefined);
  if (targets.length > 0) return remembered(targets, given);
  if (!recursive) return [];
  const rootHintsFile = rootHints === undefined ? undefined : resolve(rootHints);
  const clients = allow.length > 0 ? allow : undefined;
  return [
    recursionPlugin({
      rootHintsFile,
      clients,
      cache: cache === undefined ? undefined : { entriesMax: Math.max(cache, delegationsMin) },
    }),
  ];
}

function remembered(targets: readonly ForwardTarget[], { cache }: ResolutionOptions): readonly DnsPlugin[] {
  const forward = forwardPlugin({ to: targets.map(({ server }) => server), policy: "in-order" });
  return cache === 0 ? [forward] : [cachePlugin({ entriesMax: cache }), forward];
}

function madeBy(make: () => DnsPlugin, option: string): DnsPlugin {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--${option}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Sets that are remembered in any case: without delegations every question would begin at the root. */
const delegationsMin = 1_000;
