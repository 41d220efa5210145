import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import { endpointNumber } from "./parameters.ts";

/** `fd:3`: a listening socket that this process was started with. */
export interface FdEndpoint {
  readonly type: "fd";
  readonly fd: number;
}

/** Inherited listening sockets, from a supervisor or a parent that wants no connection lost in a restart. */
export const fdEndpoint: EndpointKind<FdEndpoint> = {
  ...endpointGrammar<FdEndpoint>({
    type: "fd",
    positional: [[], ["fd"]],
    required: ["fd"],
    parameters: { fd: endpointNumber(0, 1_048_575) },
  }),
  listen: ({ fd }, { reactor, options }) => ({
    type: "streams",
    open: (accept) => reactor.network.listen({ family: "descriptor", fd }, options, accept),
    stages: [],
  }),
};
