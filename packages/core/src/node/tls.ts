import type { Socket } from "node:net";
import { ConnectionError } from "../errors.ts";
import type { TlsOptions } from "../security.ts";
import type { SocketLink } from "./socket-link.ts";

export async function secureSocket(_socket: Socket, _options: TlsOptions): Promise<SocketLink> {
  throw new ConnectionError("unsupported", "Not supported");
}
