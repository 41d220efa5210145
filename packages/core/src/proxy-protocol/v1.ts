import { ipAddress } from "../address.ts";
import { quote } from "../errors.ts";
import { formatIp, parseIp } from "../ip.ts";
import { ProxyProtocolError } from "./errors.ts";
import type { ProxyHeader } from "./header.ts";

/** The longest line with its CRLF: `PROXY UNKNOWN` and two IPv6 addresses (proxy-protocol.txt §2.1). */
export const proxyV1OctetsMax = 107;

const families = { TCP4: 4, TCP6: 16 } as const;

/**
 * Reads a version 1 line, without its CRLF (proxy-protocol.txt §2.1).
 * `"PROXY" SP ("TCP4" / "TCP6") SP source SP destination SP source-port SP destination-port`, or `PROXY UNKNOWN …`.
 * @throws {ProxyProtocolError} `bad-header`
 */
export function parseProxyV1(line: string): ProxyHeader {
  const [word, family, ...ends] = line.split(" ");
  if (word !== "PROXY") throw bad();
  if (family === "UNKNOWN") return { version: 1, command: "proxy" };
  if ((family !== "TCP4" && family !== "TCP6") || ends.length !== 4) throw bad();
  const [source, destination, sourcePort, destinationPort] = ends as [string, string, string, string];
  const octets = families[family];
  return {
    version: 1,
    command: "proxy",
    addresses: {
      transport: "stream",
      source: ipAddress(checkedHost(source, octets), parsePort(sourcePort)),
      destination: ipAddress(checkedHost(destination, octets), parsePort(destinationPort)),
    },
  };
}

/** Writes a version 1 line with its CRLF. It can carry TCP addresses of one family, and nothing else. */
export function formatProxyV1({ command, addresses }: ProxyHeader): string {
  if (command === "local") throw new TypeError("Cannot write LOCAL in a PROXY header of version 1");
  if (addresses === undefined) return "PROXY UNKNOWN\r\n";
  const { source, destination, transport } = addresses;
  if (source.family === "unix" || destination.family === "unix" || source.family !== destination.family)
    throw new TypeError("Cannot write a PROXY header of version 1: it needs two IP addresses of one family");
  if (transport !== "stream") throw new TypeError("Cannot write a PROXY header of version 1 for datagrams");
  const family = source.family === "ipv4" ? "TCP4" : "TCP6";
  const hosts = [source.host, destination.host].map((host) => writeHost(host, families[family]));
  const ports = [source.port, destination.port].map(writePort);
  return `PROXY ${family} ${hosts.join(" ")} ${ports.join(" ")}\r\n`;
}

function checkedHost(text: string, octets: number): string {
  const address = parseIp(text);
  if (address?.length !== octets) throw bad();
  return formatIp(address);
}

function parsePort(text: string): number {
  if (!/^(0|[1-9]\d{0,4})$/.test(text) || Number(text) > 65_535) throw bad();
  return Number(text);
}

function writeHost(host: string, octets: number): string {
  const address = parseIp(host);
  if (address?.length !== octets) throw new TypeError(`Cannot write the address ${quote(host)} in a PROXY header`);
  return formatIp(address);
}

function writePort(port: number): string {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError(`Cannot write the port ${port}`);
  return String(port);
}

function bad(): ProxyProtocolError {
  const section = "proxy-protocol.txt §2.1";
  return new ProxyProtocolError("bad-header", "Cannot read the PROXY header: the line is malformed", { section });
}
