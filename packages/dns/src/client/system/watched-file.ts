import type { FileStat, Instant, Reactor } from "@hawser/core";

/** How long a file is believed to be unchanged. */
const checkedEveryMs = 3_000;

/** Neither resolv.conf nor hosts files of blocklists come near it. */
const fileOctetsMax = 33_554_432;

/** A small file of the system, read again when it has changed; looked at when somebody asks, every few seconds at most. */
export class WatchedFile<Value> {
  readonly #reactor: Reactor;
  readonly #path: string;
  readonly #parse: (text: string) => Value;
  #value: Value;
  #version = "";
  #checkedAt: Instant = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | undefined;

  /** @param absent what it is when there is no such file, or it cannot be read */
  constructor(reactor: Reactor, path: string, parse: (text: string) => Value, absent: Value) {
    this.#reactor = reactor;
    this.#path = path.replace(/^\/+/, "");
    this.#parse = parse;
    this.#value = absent;
  }

  /** What the file says; at once, unless it is time to look. */
  value(): Value | Promise<Value> {
    const now = this.#reactor.clock.now();
    if (now - this.#checkedAt < checkedEveryMs) return this.#value;
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking.then(() => this.#value);
  }

  /** A file that vanished, or cannot be read for a moment while it is replaced, leaves what it said. */
  async #check(): Promise<void> {
    const tree = this.#reactor.files("/");
    try {
      const stat = await tree.stat(this.#path);
      if (versionOf(stat) !== this.#version) {
        const octets = await tree.readFile(this.#path, { octetsMax: fileOctetsMax });
        this.#value = this.#parse(Buffer.from(octets).toString());
        this.#version = versionOf(stat);
      }
    } catch {
      this.#version = "";
    }
    this.#checkedAt = this.#reactor.clock.now();
  }
}

function versionOf({ octets, modified, identity }: FileStat): string {
  return `${octets} ${modified} ${identity}`;
}
