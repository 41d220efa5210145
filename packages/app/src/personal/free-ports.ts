import {
  type CommandData,
  ConnectionError,
  type Endpoint,
  type Factory,
  formatEndpoint,
  listen,
  parseEndpoint,
  type Reactor,
} from "@hawser/core";
import type { ApplicationDescription, ServiceDescription } from "../application/description.ts";

/**
 * Lets an application start although some of its ports are taken: there the system chooses others. The same endpoints
 * are changed whenever the application is read again, since by then it is itself who has the ports.
 */
export class FreePorts {
  readonly #reactor: Reactor;
  readonly #print: (line: string) => void;
  #changed: ReadonlyMap<string, string> | undefined;

  /** @param print is told of each port that is taken */
  constructor(reactor: Reactor, print: (line: string) => void) {
    this.#reactor = reactor;
    this.#print = print;
  }

  /** The application with endpoints that it can listen on. */
  async applyTo(description: ApplicationDescription): Promise<ApplicationDescription> {
    this.#changed ??= await this.#look(description);
    const changed = this.#changed;
    return { ...description, services: description.services.map((service) => withEndpoints(service, changed)) };
  }

  async #look({ services }: ApplicationDescription): Promise<ReadonlyMap<string, string>> {
    const changed = new Map<string, string>();
    for (const text of services.flatMap(endpointsOf)) {
      const endpoint = numbered(text);
      if (endpoint === undefined || !(await this.#isTaken(endpoint))) continue;
      changed.set(text, formatEndpoint({ ...endpoint, port: 0 } as Endpoint));
      this.#print(`${text} is in use: the system chooses another port`);
    }
    return changed;
  }

  async #isTaken(endpoint: Endpoint): Promise<boolean> {
    try {
      const listener = await listen(endpoint, nobody, { reactor: this.#reactor });
      await listener.stop({ graceMs: 0 });
      return false;
    } catch (error) {
      return error instanceof ConnectionError && error.code === "address-in-use";
    }
  }
}

/** Where else than in `listen`, a number comes first where one listens, and never where one connects. */
function endpointsOf({ options }: ServiceDescription): readonly string[] {
  return Object.entries(options).flatMap(([name, data]) =>
    listed(data, name === "listen" ? /./ : /^(tcp|udp):\d+(:|$)/),
  );
}

function listed(data: CommandData, spelling: RegExp): readonly string[] {
  return [data].flat().filter((one): one is string => typeof one === "string" && spelling.test(one));
}

function withEndpoints(service: ServiceDescription, changed: ReadonlyMap<string, string>): ServiceDescription {
  if (!endpointsOf(service).some((one) => changed.has(one))) return service;
  const options = Object.entries(service.options).map(([name, data]) => [name, exchanged(data, changed)] as const);
  return { ...service, options: Object.fromEntries(options) };
}

function exchanged(data: CommandData, changed: ReadonlyMap<string, string>): CommandData {
  if (Array.isArray(data)) return data.map((one: CommandData) => exchanged(one, changed));
  return typeof data === "string" ? (changed.get(data) ?? data) : data;
}

/** A TCP or UDP endpoint with a number for its port. Others are left alone: to look at a `tls:` one takes its certificates. */
function numbered(text: string): Endpoint | undefined {
  const endpoint = parseEndpoint(text);
  return (endpoint.type === "tcp" || endpoint.type === "udp") && endpoint.port !== 0 ? endpoint : undefined;
}

/** Listens for a moment, and to nobody. */
const nobody: Factory = { accept: () => undefined, bind: () => ({ datagram: () => {}, closed: () => {} }) };
