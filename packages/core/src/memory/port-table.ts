import { formatAddress, type IpAddress } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import { isWildcard } from "./address-kinds.ts";

/** The ports a system may choose: RFC 6335 §6. */
const dynamicPortFirst = 49_152;
const portLast = 65_535;

/** How an address is claimed. */
export interface PortClaim<Holder> {
  readonly address: IpAddress;
  readonly holder: Holder;
  /** Others that are shared too may claim the same address. */
  readonly shared: boolean;
  /** An IPv6 wildcard that leaves IPv4 to others. */
  readonly ipv6Only: boolean;
}

/** Who holds which address and port of one host. */
export class PortTable<Holder> {
  readonly #claims = new Map<number, PortClaim<Holder>[]>();
  #nextDynamic = dynamicPortFirst;

  /**
   * Enters a claim, choosing the port when it is 0.
   * @throws {ConnectionError} `address-in-use`
   */
  claim(wanted: PortClaim<Holder>): PortClaim<Holder> {
    const claim = wanted.address.port === 0 ? this.#withDynamicPort(wanted) : wanted;
    const others = this.#claims.get(claim.address.port) ?? [];
    if (others.some((other) => conflict(claim, other))) throw inUse(formatAddress(claim.address));
    this.#claims.set(claim.address.port, [...others, claim]);
    return claim;
  }

  release(claim: PortClaim<Holder>): void {
    const rest = (this.#claims.get(claim.address.port) ?? []).filter((other) => other !== claim);
    if (rest.length > 0) this.#claims.set(claim.address.port, rest);
    else this.#claims.delete(claim.address.port);
  }

  /** Who answers at an address: its own holder before that of a wildcard. */
  find(address: IpAddress): Holder | undefined {
    const claims = this.#claims.get(address.port) ?? [];
    const own = claims.find((claim) => claim.address.host === address.host);
    return (own ?? claims.find((claim) => covers(claim, address)))?.holder;
  }

  /** Everybody on a port, whatever the address: those who may hear a group or a broadcast. */
  holdersOf(port: number): Holder[] {
    return (this.#claims.get(port) ?? []).map((claim) => claim.holder);
  }

  #withDynamicPort(claim: PortClaim<Holder>): PortClaim<Holder> {
    for (let tries = dynamicPortFirst; tries <= portLast; tries += 1) {
      const port = this.#nextDynamic;
      this.#nextDynamic = port === portLast ? dynamicPortFirst : port + 1;
      if (!this.#claims.has(port)) return { ...claim, address: { ...claim.address, port } };
    }
    throw inUse("every dynamic port");
  }
}

function conflict<Holder>(one: PortClaim<Holder>, other: PortClaim<Holder>): boolean {
  if (one.shared && other.shared) return false;
  return one.address.host === other.address.host || covers(one, other.address) || covers(other, one.address);
}

function covers<Holder>({ address, ipv6Only }: PortClaim<Holder>, other: IpAddress): boolean {
  if (!isWildcard(address.host)) return false;
  return address.family === other.family || (address.family === "ipv6" && !ipv6Only);
}

function inUse(what: string): ConnectionError {
  return new ConnectionError("address-in-use", `Cannot listen on ${what}: address already in use`, { endpoint: what });
}
