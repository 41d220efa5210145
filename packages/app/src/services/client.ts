import {
  type ClientService,
  type CommandContext,
  type Connection,
  type ConnectOptions,
  type DialClient,
  type Endpoint,
  type KeepConnectedOptions,
  type KeptClient,
  keepConnected,
  type Service,
} from "@hawser/core";

/** How a client is kept; the service brings the reactor. */
export type ClientServiceOptions<Client> = Omit<KeepConnectedOptions<Client>, "reactor" | "signal" | "connected">;

/**
 * A service that keeps a client connected, with waits that grow while it cannot be (Twisted's ClientService as a service).
 * `{ name: "feed", start: clientService("tcp:feed.example:99", readFeed) }`, or with any client:
 * `clientService((options) => connectImap(where, options), watchInbox)`. A connection that is lost is made again; the
 * service never breaks by it.
 * @param connected runs with each new connection; when it throws, the connection is closed and made again
 */
export function clientService(
  endpoint: string | Endpoint,
  connected: (client: Connection, signal: AbortSignal) => void | Promise<void>,
  options?: ClientServiceOptions<Connection> & Pick<ConnectOptions, "tls" | "timeoutMs">,
): (context: CommandContext) => Promise<Service>;
export function clientService<Client extends KeptClient>(
  dial: DialClient<Client>,
  connected: (client: Client, signal: AbortSignal) => void | Promise<void>,
  options?: ClientServiceOptions<Client>,
): (context: CommandContext) => Promise<Service>;
export function clientService<Client extends KeptClient>(
  where: string | Endpoint | DialClient<Client>,
  connected: (client: Client, signal: AbortSignal) => void | Promise<void>,
  options: ClientServiceOptions<Client> = {},
): (context: CommandContext) => Promise<Service> {
  return async (context) => {
    let kept: ClientService<Client> | undefined;
    let isStopped = false;
    const begin = () => {
      const all = { ...options, connected, reactor: context.reactor };
      if (!isStopped) kept = keepConnected(where as DialClient<Client>, all);
    };
    if (context.whenServing === undefined) begin();
    else context.whenServing(begin);
    return {
      async stop() {
        isStopped = true;
        await kept?.stop();
      },
    };
  };
}
