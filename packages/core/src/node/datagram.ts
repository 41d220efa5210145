import type { IpAddress } from "../address.ts";
import type { DatagramOptions, DatagramSocket } from "../datagram.ts";
import { ConnectionError } from "../errors.ts";
import type { Reactor } from "../reactor.ts";

export async function bindDatagram(
  _reactor: Reactor,
  _address: IpAddress,
  _options: DatagramOptions,
): Promise<DatagramSocket> {
  throw new ConnectionError("unsupported", "Not supported");
}
