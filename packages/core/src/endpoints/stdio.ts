import type { Port } from "../network.ts";
import type { Transport } from "../transport.ts";
import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import type { ListenContext } from "./listen-plan.ts";

/** `stdio:`: this process's standard input and output. */
export interface StdioEndpoint {
  readonly type: "stdio";
}

/** Standard input and output as one connection: what inetd, `ssh host program` and pipelines give. */
export const stdioEndpoint: EndpointKind<StdioEndpoint> = {
  ...endpointGrammar<StdioEndpoint>({ type: "stdio", positional: [[]], parameters: {} }),
  listen: (_, context) => ({ type: "streams", open: (accept) => serveStdio(context, accept), stages: [] }),
  connect: async (_, { reactor }) => {
    const { stdioTransport } = await import("../node/stdio.ts");
    return stdioTransport(reactor);
  },
};

/** A port that has one connection, which is there already. */
async function serveStdio({ reactor }: ListenContext, accept: (transport: Transport) => void): Promise<Port> {
  const { stdioTransport } = await import("../node/stdio.ts");
  const transport = stdioTransport(reactor);
  accept(transport);
  return { address: transport.local, close: async () => {} };
}
