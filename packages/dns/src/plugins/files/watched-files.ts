import { every, type FileStat, Lock, type Reactor, type Repetition, reportFault } from "@hawser/core";
import { filePlace } from "./file-place.ts";

/** What {@link WatchedFiles} look after. */
export interface WatchedFilesOptions {
  /** What is told with a fault, as the plugin's name. */
  readonly where: string;
  readonly paths: readonly string[];
  /** How often files are looked at; 0: never. */
  readonly checkEveryMs: number;
  /** Reads the files and takes what they say, all or nothing. */
  load(reactor: Reactor): Promise<void>;
}

/** Files that a plugin reads when it starts, and again whenever they change; what cannot be read then changes nothing. */
export class WatchedFiles {
  readonly #options: WatchedFilesOptions;
  readonly #lock = new Lock();
  #reactor: Reactor | undefined;
  #seen = "";
  #checks: Repetition | undefined;

  constructor(options: WatchedFilesOptions) {
    this.#options = options;
  }

  /** Reads them for the first time. @throws what keeps them from being read */
  async start(reactor: Reactor): Promise<void> {
    this.#reactor = reactor;
    await this.reload();
    const { checkEveryMs, paths } = this.#options;
    if (checkEveryMs > 0 && paths.length > 0)
      this.#checks = every(reactor.clock, checkEveryMs, () => this.#check(), { idle: true });
  }

  /** Reads them now. @throws what keeps them from being read */
  async reload(): Promise<void> {
    const reactor = this.#reactor;
    if (reactor === undefined) return;
    await this.#lock.run(async () => {
      const seen = await this.#look(reactor);
      await this.#options.load(reactor);
      this.#seen = seen;
    });
  }

  async stop(): Promise<void> {
    await this.#checks?.[Symbol.asyncDispose]();
    this.#checks = undefined;
    this.#reactor = undefined;
  }

  /** A version of the files that cannot be read is reported once. */
  async #check(): Promise<void> {
    const seen = await this.#look(this.#reactor!);
    if (seen === this.#seen) return;
    try {
      await this.reload();
    } catch (error) {
      this.#seen = seen;
      reportFault(error, this.#options.where);
    }
  }

  /** Changes when one of them does. */
  async #look(reactor: Reactor): Promise<string> {
    const marks: string[] = [];
    for (const path of this.#options.paths) {
      const { tree, path: within } = filePlace(reactor, path);
      marks.push(await tree.stat(within).then(markOf, () => "absent"));
    }
    return marks.join("\n");
  }
}

function markOf({ octets, modified, identity }: FileStat): string {
  return `${identity} ${modified} ${octets}`;
}
