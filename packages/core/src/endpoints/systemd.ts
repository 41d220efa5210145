import { ConnectionError } from "../errors.ts";
import { endpointGrammar } from "./grammar.ts";
import type { EndpointKind } from "./kind.ts";
import { endpointNumber, endpointText } from "./parameters.ts";

/** `systemd:name=web`, `systemd:index=0`: a socket that systemd opened for us (socket activation). */
export interface SystemdEndpoint {
  readonly type: "systemd";
  /** `FileDescriptorName=` of the socket unit. */
  readonly name?: string | undefined;
  /** Which of those with the name, or of all. Default 0. */
  readonly index?: number | undefined;
}

/** Socket activation: privileged ports without privileges, and no refused connection during a restart. */
export const systemdEndpoint: EndpointKind<SystemdEndpoint> = {
  ...endpointGrammar<SystemdEndpoint>({
    type: "systemd",
    positional: [[], ["name"]],
    parameters: { name: endpointText, index: endpointNumber(0, 65_535) },
  }),
  async listen(endpoint, { reactor, options }) {
    const fd = await inheritedDescriptor(endpoint);
    return {
      type: "streams",
      open: (accept) => reactor.network.listen({ family: "descriptor", fd }, options, accept),
      stages: [],
    };
  },
};

async function inheritedDescriptor({ name, index = 0 }: SystemdEndpoint): Promise<number> {
  const { systemdSockets } = await import("../node/inherited.ts");
  const all = systemdSockets();
  const found = all.filter((socket) => name === undefined || socket.name === name)[index];
  if (found !== undefined) return found.fd;
  const names = all.map((socket) => socket.name).join(", ");
  const given = all.length === 0 ? "systemd gave this process no sockets" : `the sockets systemd gave are ${names}`;
  throw new ConnectionError("failed", given);
}
