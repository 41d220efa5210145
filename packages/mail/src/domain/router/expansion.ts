import type { MailAliasTarget } from "../aliases/alias.ts";
import type { MailDestination, MailRoute } from "../domain.ts";
import { mailRouteDepthMax, mailRouteDestinationsMax, mailRouteStepsMax } from "../limits.ts";
import { mailAddressOf, mailAddressParts, mailLocalKey } from "../names.ts";
import { folderOfDetail, type MailLocalReading, readingsOf } from "./detail.ts";
import type { RoutedDomain, RoutedDomains } from "./domains.ts";
import type { MailRouterOptions } from "./options.ts";

/** From where a target is looked at. */
interface Origin {
  readonly domain: RoutedDomain;
  /** The alias it stands behind, as it is compared, and what stood behind the separator. */
  readonly name?: string | undefined;
  readonly detail?: string | undefined;
  /** Who hears of what cannot be delivered to others, where a list has an owner. */
  readonly owner?: string | undefined;
  readonly depth: number;
  /** Whether a catch-all has it where nobody has: names that an alias gives without a domain are not caught. */
  readonly isCaught?: boolean | undefined;
}

/** Follows the aliases of one address. Each name is followed once: so circles end, and the work is that of the names there are. */
export class MailExpansion {
  readonly #options: MailRouterOptions;
  readonly #domains: RoutedDomains;
  readonly #found = new Map<string, MailDestination>();
  readonly #missing: string[] = [];
  readonly #followed = new Set<string>();
  #isCircle = false;
  #isTooLong = false;

  constructor(options: MailRouterOptions, domains: RoutedDomains) {
    this.#options = options;
    this.#domains = domains;
  }

  async route(local: string, domain: RoutedDomain): Promise<MailRoute> {
    const isThere = await this.#follow(local, { domain, depth: 0, isCaught: true });
    const to = [...this.#found.values()];
    if (this.#isTooLong) return tooLong;
    if (to.length > 0) return { type: "deliver", to, ...(this.#missing.length > 0 && { missing: this.#missing }) };
    if (this.#isCircle) return circle;
    return isThere ? nobodyBehind : noUser;
  }

  /** @returns whether somebody of that name is there, wherever it leads */
  async #follow(local: string, origin: Origin): Promise<boolean> {
    const domain = this.#domains.meant(origin.domain);
    const key = `${mailLocalKey(local)}@${domain.key}`;
    if (this.#followed.has(key)) {
      this.#isCircle = true;
      return true;
    }
    this.#followed.add(key);
    if (this.#followed.size > mailRouteStepsMax || origin.depth > mailRouteDepthMax) this.#isTooLong = true;
    if (this.#isTooLong) return true;
    const here: Origin = { ...origin, domain };
    const readings = readingsOf(local, this.#options.separator);
    for (const reading of readings) if (await this.#followAlias(reading, here)) return true;
    for (const reading of readings) if (await this.#deliver(reading, here, true)) return true;
    if (await this.#followRole(mailLocalKey(local), here)) return true;
    return here.isCaught === true && this.#catchAll(here);
  }

  /** An alias of the whole address, else of the name in all domains. */
  async #followAlias({ name, detail }: MailLocalReading, origin: Origin): Promise<boolean> {
    const { key } = origin.domain;
    const targets = (await this.#targets(`${name}@${key}`, origin)) ?? (await this.#targets(name, origin));
    if (targets === undefined) return false;
    const owner = (await this.#ownerOf(name, origin)) ?? origin.owner;
    await this.#followAll(targets, { ...origin, name, detail, owner, depth: origin.depth + 1 });
    return true;
  }

  async #targets(name: string, { domain }: Origin): Promise<readonly MailAliasTarget[] | undefined> {
    return (await domain.given.aliases?.targets(name)) ?? this.#options.aliases?.targets(name);
  }

  /** `owner-list` hears of what cannot be delivered, where there is one. */
  async #ownerOf(name: string, origin: Origin): Promise<string | undefined> {
    const owner = `owner-${name}`;
    const { key, name: domain } = origin.domain;
    const isThere = (await this.#targets(`${owner}@${key}`, origin)) ?? (await this.#targets(owner, origin));
    return isThere === undefined ? undefined : mailAddressOf(owner, domain);
  }

  async #followAll(targets: readonly MailAliasTarget[], origin: Origin): Promise<void> {
    for (const target of targets) {
      if (this.#isTooLong) return;
      await this.#followTarget(target, origin);
    }
  }

  #followTarget(target: MailAliasTarget, origin: Origin): void | Promise<void> {
    switch (target.type) {
      case "program":
        return this.#add({ type: "program", command: target.command });
      case "file":
        return this.#add({ type: "file", path: target.path });
      case "address":
        return this.#followAddress(target.address, target.isFinal === true, origin);
      case "include": // a list that nobody has put in its place
        return void this.#missing.push(target.path);
      default:
        return target satisfies never;
    }
  }

  async #followAddress(address: string, isFinal: boolean, origin: Origin): Promise<void> {
    const { local, domain: name } = mailAddressParts(address);
    const domain = name === "" ? origin.domain : this.#domains.get(name);
    if (domain === undefined) return this.#add({ type: "forward", address, from: origin.owner });
    const there = { ...origin, domain, isCaught: name !== "" };
    const isItself = mailLocalKey(local) === origin.name && this.#domains.meant(domain) === origin.domain;
    const isThere = isFinal || isItself ? await this.#finish(local, there, isItself) : await this.#follow(local, there);
    if (isThere || (await this.#followElsewhere(local, isFinal, name, there))) return;
    this.#missing.push(mailAddressOf(local, domain.name));
  }

  /** A name without a domain that nobody has in the domain that was written to may be somebody's in the first. */
  async #followElsewhere(local: string, isFinal: boolean, name: string, origin: Origin): Promise<boolean> {
    const { first } = this.#domains;
    if (name !== "" || origin.domain === first) return false;
    const there = { ...origin, domain: first };
    return isFinal ? this.#finish(local, there, false) : this.#follow(local, there);
  }

  /** A mailbox, whatever aliases say: `\name`, or an alias that leads to itself too. */
  async #finish(local: string, origin: Origin, isItself: boolean): Promise<boolean> {
    const here = { ...origin, domain: this.#domains.meant(origin.domain) };
    const readings = readingsOf(local, this.#options.separator);
    for (const { name, detail } of readings)
      if (await this.#deliver({ name, detail: detail ?? (isItself ? origin.detail : undefined) }, here, false))
        return true;
    return false;
  }

  async #deliver({ name, detail }: MailLocalReading, origin: Origin, isForwarded: boolean): Promise<boolean> {
    const { domain } = origin;
    const user = `${name}@${domain.name}`;
    if (!(await (domain.given.hasUser ?? this.#options.hasUser)(user))) return false;
    const forwarding = isForwarded ? await this.#options.forwardingOf?.(user) : undefined;
    if (forwarding === undefined || forwarding.keepsCopy === true)
      this.#add({ type: "mailbox", user, folder: folderOfDetail(detail) });
    const targets = forwarding?.to.map((address) => ({ type: "address", address }) as const) ?? [];
    await this.#followAll(targets, { ...origin, name, detail, depth: origin.depth + 1 });
    return true;
  }

  /** Who runs a domain can always be written to (RFC 5321 §4.5.1). */
  async #followRole(local: string, origin: Origin): Promise<boolean> {
    if (local !== "postmaster" && local !== "abuse") return false;
    const { postmaster } = this.#options;
    const before = this.#found.size;
    if (postmaster !== undefined)
      await this.#followAddress(postmaster, false, { ...origin, depth: origin.depth + 1, domain: this.#domains.first });
    if (this.#found.size === before) this.#add({ type: "mailbox", user: `postmaster@${this.#domains.first.name}` });
    return true;
  }

  async #catchAll(origin: Origin): Promise<boolean> {
    const { catchAll } = origin.domain.given;
    const targets: readonly MailAliasTarget[] | undefined =
      catchAll === undefined
        ? await this.#targets(`@${origin.domain.key}`, origin)
        : [{ type: "address", address: catchAll }];
    if (targets === undefined || origin.name === catchAllName) return false;
    await this.#followAll(targets, { ...origin, name: catchAllName, depth: origin.depth + 1 });
    return true;
  }

  #add(destination: MailDestination): void {
    if (this.#found.size >= mailRouteDestinationsMax) this.#isTooLong = true;
    else this.#found.set(JSON.stringify([...Object.values(destination)].slice(0, 3)), destination);
  }
}

/** What a catch-all leads to is not caught once more. */
const catchAllName = "@";

const noUser: MailRoute = { type: "refuse", status: "5.1.1", text: "No such user" };
const nobodyBehind: MailRoute = { type: "refuse", status: "5.1.1", text: "Nobody is behind this name" };
const circle: MailRoute = { type: "refuse", status: "5.4.6", text: "The aliases of this name go in a circle" };
const tooLong: MailRoute = { type: "refuse", status: "5.2.4", text: "The aliases of this name lead too far" };
