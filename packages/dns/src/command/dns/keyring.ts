import { quote, type Reactor, UsageError } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { tsigKeysIn } from "../keys.ts";
import { readText } from "../text-file.ts";
import { zoneName } from "./spelling.ts";

/** The TSIG keys of a server, from files that are read again when it is told to. */
export class TsigKeyring {
  readonly #reactor: Reactor;
  readonly #files: readonly (readonly [name: string, file: string])[];
  #keys: ReadonlyMap<string, TsigKey> = new Map();

  constructor(reactor: Reactor, files: readonly (readonly [name: string, file: string])[]) {
    this.#reactor = reactor;
    this.#files = files;
  }

  /** Reads the files; a fault in one leaves all keys as they were. @throws {UsageError} which tells no secret */
  async load(): Promise<void> {
    const keys = new Map<string, TsigKey>();
    for (const [name, file] of this.#files) {
      const key = await this.#read(zoneName(name), file);
      if (keys.has(key.name.key)) throw new UsageError(`--tsig: the key ${quote(name)} is given twice`);
      keys.set(key.name.key, key);
    }
    this.#keys = keys;
  }

  get size(): number {
    return this.#keys.size;
  }

  find(name: DomainName): TsigKey | undefined {
    return this.#keys.get(name.key);
  }

  /** The key that an option names. @throws {UsageError} when there is none */
  named(name: string, option: string): TsigKey {
    const key = this.find(zoneName(name));
    if (key !== undefined) return key;
    const plain = name.replace(/\.$/, "");
    throw new UsageError(`--${option}: there is no key ${quote(plain)}: add --tsig ${plain}=FILE`);
  }

  async #read(name: DomainName, file: string): Promise<TsigKey> {
    const keys = await keysOf(this.#reactor, file);
    const found = keys.find((key) => key.name.equals(name));
    if (found !== undefined) return found;
    const others = keys.map((key) => quote(String(key.name).slice(0, -1))).join(", ");
    const state = others === "" ? "there is no key in it" : `it has ${others}`;
    throw new UsageError(`cannot take the key ${quote(String(name).slice(0, -1))} from ${quote(file)}: ${state}`);
  }
}

async function keysOf(reactor: Reactor, file: string): Promise<readonly TsigKey[]> {
  const text = await readText(reactor, file, "read the key file");
  try {
    return tsigKeysIn(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`cannot take keys from ${quote(file)}: write them as "hawser zone key" does`, {
      cause: error,
    });
  }
}
