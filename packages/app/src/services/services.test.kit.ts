import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Connection, connection, connectTo, type Reactor, type Service } from "@hawser/core";
import type { ServiceDefinition } from "./definition.ts";
import type { ServiceEvent } from "./supervised.ts";

/** Answers each line with its name. */
export function naming(name: string, endpoint: string, events: string[] = []): ServiceDefinition {
  return {
    name,
    async start(context): Promise<Service> {
      events.push(`start ${name}`);
      const listener = await context.listen(endpoint, answering(name));
      return {
        async stop(how) {
          events.push(`stop ${name}`);
          await listener.stop(how);
        },
      };
    },
  };
}

/** Answers each line with a word, until the client has no more. */
export function answering(word: string): ReturnType<typeof connection> {
  return connection(async (peer) => {
    for await (const line of peer.lines()) peer.write(`${word} ${line}\r\n`);
  });
}

/** A service without a socket, which ends as the test says. */
export function scripted(name: string, script: Script = {}): ServiceDefinition & { readonly script: Script } {
  return {
    name,
    script,
    restart: script.restart,
    async start(context) {
      script.events?.push(`start ${name}`);
      await script.start?.();
      context.whenServing(async () => {
        script.events?.push(`serve ${name}`);
        await script.serve?.();
      });
      const ended = new Promise<void>((resolve, reject) => {
        script.end = resolve;
        script.fail = reject;
      });
      ended.catch(() => {});
      return {
        ended,
        reload: async () => {
          script.events?.push(`reload ${name}`);
          await script.reload?.();
        },
        stop: async (how) => {
          script.events?.push(`stop ${name}`);
          await script.stop?.(how?.graceMs);
        },
      };
    },
  };
}

/** What a {@link scripted} service does, and how the test reaches into its present run. */
export interface Script {
  events?: string[];
  restart?: ServiceDefinition["restart"];
  start?: () => void | Promise<void>;
  serve?: () => void | Promise<void>;
  reload?: () => void | Promise<void>;
  stop?: (graceMs: number | undefined) => void | Promise<void>;
  end?: () => void;
  fail?: (error: unknown) => void;
}

/** One line, one answer, over a connection of its own. */
export async function ask(reactor: Reactor, endpoint: string, line = "who"): Promise<string> {
  await using peer = await connectTo(endpoint, { reactor });
  return await askOn(peer, line);
}

/** One line, one answer. */
export async function askOn(peer: Connection, line = "who"): Promise<string> {
  peer.write(`${line}\r\n`);
  return await peer.readLine();
}

/** The changes of state of services, as `web running`, until disposed. */
export function watchStates(): Disposable & { readonly states: string[]; clear(): void } {
  const states: string[] = [];
  const note = (message: unknown) => {
    const { service, state } = message as ServiceEvent;
    states.push(`${service.name} ${state}`);
  };
  subscribe("hawser:service", note);
  return {
    states,
    clear: () => void states.splice(0),
    [Symbol.dispose]: () => void unsubscribe("hawser:service", note),
  };
}
