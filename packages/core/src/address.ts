/** An IP address and port. `host` is a literal address, never a name. */
export interface IpAddress {
  readonly family: "ipv4" | "ipv6";
  readonly host: string;
  readonly port: number;
}

/** The path of a UNIX-domain socket; empty for the unnamed end of a connection. */
export interface UnixAddress {
  readonly family: "unix";
  readonly path: string;
}

/** An end that has no address on a network: standard input and output, a pipe to a child, an SSH channel. */
export interface OpaqueAddress {
  readonly family: "opaque";
  readonly name: string;
}

/** One end of a connection. */
export type Address = IpAddress | UnixAddress | OpaqueAddress;

/** Makes an {@link IpAddress} from a literal address; the family follows from its spelling: only IPv6 has colons. */
export function ipAddress(host: string, port: number): IpAddress {
  return { family: host.includes(":") ? "ipv6" : "ipv4", host, port };
}

/** Spells an address for people and logs: `127.0.0.1:80`, `[::1]:80`, `/run/x.sock`. */
export function formatAddress(address: Address): string {
  switch (address.family) {
    case "ipv4":
      return `${address.host}:${address.port}`;
    case "ipv6":
      return `[${address.host}]:${address.port}`;
    case "unix":
      return address.path === "" ? "(unnamed)" : address.path;
    case "opaque":
      return address.name;
    default:
      return address satisfies never;
  }
}
