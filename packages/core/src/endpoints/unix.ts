import { dialPath } from "../connecting/dial-path.ts";
import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import { endpointFileMode, endpointNumber, endpointText } from "./parameters.ts";

/** `unix:/run/app.sock`, `unix:/run/app.sock:mode=660`. */
export interface UnixEndpoint {
  readonly type: "unix";
  readonly path: string;
  /** Permissions of the socket, when listening. Default: what the umask leaves. */
  readonly mode?: number | undefined;
  readonly backlog?: number | undefined;
}

/** Connections on one machine, through a socket in the file system. */
export const unixEndpoint: EndpointKind<UnixEndpoint> = {
  ...endpointGrammar<UnixEndpoint>({
    type: "unix",
    positional: [[], ["path"]],
    required: ["path"],
    parameters: { path: endpointText, mode: endpointFileMode, backlog: endpointNumber(1, 65_535) },
    aliases: { address: "path" },
  }),
  listen({ path, mode, backlog }, { reactor, options }) {
    const own = { ...options, mode: mode ?? options.mode, backlog: backlog ?? options.backlog };
    return {
      type: "streams",
      open: (accept) => reactor.network.listen({ family: "unix", path }, own, accept),
      stages: [],
    };
  },
  connect: ({ path }, context) => dialPath(path, context),
};
