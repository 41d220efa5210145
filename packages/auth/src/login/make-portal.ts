import type { Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { Checker } from "../credentials.ts";
import type { Portal, Realm } from "../portal.ts";
import { type LoginThrottle, loginThrottle } from "../throttle/throttle.ts";
import { LoginPortal } from "./login-portal.ts";
import { realms } from "./realms.ts";

/** What a {@link portal} is made of. */
export interface PortalOptions {
  /** Asked one after the other; the first that knows somebody decides. */
  readonly checkers: readonly Checker[];
  /** Asked one after the other for the avatar that a protocol wants. Default: none, which will do for protocols that only ask who somebody is. */
  readonly realms?: readonly Realm[] | undefined;
  /** `false` for none: only where somebody else stands before the door. Default: {@link loginThrottle} with its defaults. */
  readonly throttle?: LoginThrottle | false | undefined;
  /** Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
  /** How long a checker may take; after that the login is refused as `temporary`. Default 30,000 ms. */
  readonly checkTimeoutMs?: number | undefined;
}

/**
 * The one door of all protocols (Twisted's Portal).
 * @throws {TypeError} without a checker: nobody could ever log in
 */
export function portal(options: PortalOptions): Portal {
  const { checkers, reactor = nodeReactor, checkTimeoutMs = 30_000 } = options;
  if (checkers.length === 0) throw new TypeError("Cannot make a portal: it has no checker, so nobody could log in");
  return new LoginPortal({
    reactor,
    checkers,
    realm: realms(...(options.realms ?? [])),
    throttle: options.throttle === false ? undefined : (options.throttle ?? loginThrottle({ reactor })),
    checkTimeoutMs,
  });
}

/**
 * A portal in one line: realms and checkers in any order, each kind asked in the order given.
 *
 * ```ts no-run
 * const door = loginWith(maildirs("/var/mail"), usersFile("/etc/hawser/users"), anonymousUsers());
 * ```
 */
export function loginWith(...parts: readonly (Realm | Checker)[]): Portal;
export function loginWith(options: PortalOptions): Portal;
export function loginWith(...parts: readonly (Realm | Checker | PortalOptions)[]): Portal {
  const [first] = parts;
  if (first !== undefined && "checkers" in first) return portal(first);
  return portal({
    checkers: parts.filter((part): part is Checker => "check" in part),
    realms: parts.filter((part): part is Realm => "avatar" in part),
  });
}
