import { networkHolds, parseIp, parseIpNetwork } from "@hawser/core";

/** Whether an address lies in one of some networks; none, or one that cannot be read, lies in no network. */
export type NetworkTest = (address: Uint8Array | string | undefined) => boolean;

/** Reads networks once: `192.0.2.0/24`, `2001:db8::53`. @throws {RangeError} for what is no network */
export function networkTest(networks: readonly string[]): NetworkTest {
  const blocks = networks.map(parseIpNetwork);
  return (address) => {
    const octets = typeof address === "string" ? parseIp(address) : address;
    return octets !== undefined && blocks.some((block) => networkHolds(block, octets));
  };
}
