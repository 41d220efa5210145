import type { Reactor } from "@hawser/core";
import type { DnsPlugin } from "../../serving/plugin.ts";

/**
 * Holds plugins back until the service serves: those that write files, or ask others though nobody asked them. Until then the
 * service's predecessor may still do the same, with the same files. Requests that come meanwhile wait.
 */
export class ServingGate {
  #isOpen = false;
  #held: (() => Promise<void>)[] = [];

  /** Starts what was held back. @throws what a plugin throws that cannot start */
  async open(): Promise<void> {
    this.#isOpen = true;
    const held = this.#held;
    this.#held = [];
    for (const start of held) await start();
  }

  /** The plugin, which starts when the gate is open. */
  hold(plugin: DnsPlugin): DnsPlugin {
    const held = new HeldPlugin(plugin);
    return {
      name: plugin.name,
      wrap: (next) => {
        const inner = plugin.wrap(next);
        return (request) => (held.isReady ? inner(request) : held.ready.then(() => inner(request)));
      },
      started: (reactor) => (this.#isOpen ? held.start(reactor) : void this.#held.push(() => held.start(reactor))),
      stopped: () => held.stop(),
      reload: () => (held.isReady ? plugin.reload?.() : undefined),
    };
  }
}

/** A plugin that starts later than its server. */
class HeldPlugin {
  readonly ready: Promise<void>;
  isReady = false;
  readonly #plugin: DnsPlugin;
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  #isStopped = false;

  constructor(plugin: DnsPlugin) {
    this.#plugin = plugin;
    this.ready = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ready.catch(() => {}); // whoever waits is told; whoever starts it too
  }

  async start(reactor: Reactor): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.#plugin.started?.(reactor);
      this.isReady = true;
      this.#settle.resolve();
    } catch (error) {
      this.#settle.reject(error);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.isReady) await this.#plugin.stopped?.();
    else this.#settle.reject(new Error("The server has stopped"));
    this.isReady = false;
  }
}
