import type { IpAddress, UnixAddress } from "../address.ts";
import type { Port } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { TlsClientOptions, TlsServerOptions } from "../security.ts";
import type { Transport, WaterMarks } from "../transport.ts";
import { RecordingReceiver } from "./recording-receiver.ts";

/** The two ends of one connection, both started with a receiver that records. */
export interface TransportPair {
  readonly client: Transport;
  readonly clientSide: RecordingReceiver;
  readonly server: Transport;
  readonly serverSide: RecordingReceiver;
}

/** Both sides of TLS, for a pair that is to be protected. */
export interface PairSecurity {
  readonly client: TlsClientOptions;
  readonly server: TlsServerOptions;
}

/** Connects a pair on a reactor; the port is closed again, the connection is the caller's. */
export async function connectPair(
  reactor: Reactor,
  address: IpAddress | UnixAddress,
  options: WaterMarks & { readonly security?: PairSecurity | undefined } = {},
): Promise<TransportPair> {
  const accepted = acceptOne(reactor, address, options, options.security?.server);
  const port = await accepted.port;
  const client = await reactor.network.connect(port.address as IpAddress | UnixAddress, options);
  if (options.security !== undefined) await client.startTls(options.security.client);
  const clientSide = new RecordingReceiver();
  client.start(clientSide);
  const server = await accepted.transport;
  void port.close(); // some reactors resolve this only when the last connection is gone
  return { client, clientSide, server, serverSide: accepted.receiver };
}

/** Gives both ends up and waits until they are gone. */
export async function closePair({ client, server }: TransportPair): Promise<void> {
  client.abort();
  server.abort();
  for (const transport of [client, server]) await new Promise<void>((resolve) => transport.whenClosed(() => resolve()));
}

function acceptOne(
  reactor: Reactor,
  address: IpAddress | UnixAddress,
  marks: WaterMarks,
  security: TlsServerOptions | undefined,
): { port: Promise<Port>; transport: Promise<Transport>; receiver: RecordingReceiver } {
  const receiver = new RecordingReceiver();
  let port!: Promise<Port>;
  const transport = new Promise<Transport>((resolve, reject) => {
    port = reactor.network.listen(address, marks, (accepted) => {
      const start = () => {
        accepted.start(receiver);
        resolve(accepted);
      };
      if (security === undefined) start();
      else accepted.startTls(security).then(start, reject);
    });
  });
  return { port, transport, receiver };
}
