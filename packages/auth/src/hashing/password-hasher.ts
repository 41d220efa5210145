import { scrypt } from "node:crypto";
import { type Address, type Cancellable, type Reactor, StateError } from "@hawser/core";
import { sameOctets } from "../compare.ts";
import { LoginError } from "../errors.ts";
import { addressKey } from "../throttle/address-key.ts";
import { verifyCrypt } from "./crypt-work.ts";
import { FairTurns } from "./fair-turns.ts";
import { passwordHashFault } from "./schemes.ts";
import {
  checkCost,
  formatScrypt,
  parseScrypt,
  type ScryptCost,
  scryptCostDefault,
  scryptNow,
  scryptOptions,
} from "./scrypt.ts";

/** How much hashing there may be. */
export interface PasswordHasherOptions {
  /** What a new hash costs. Default {@link scryptCostDefault}. */
  readonly cost?: ScryptCost | undefined;
  /**
   * Hashes at once. Default 2: Node has four threads for this and for files, and half of them must be left for files.
   */
  readonly parallelMax?: number | undefined;
  /** Hashes that may wait for their turn; one more is refused as `temporary`. Default 256: about 30 s of work. */
  readonly waitingMax?: number | undefined;
}

/** For whom a hash is verified. */
export interface HashingOptions extends Cancellable {
  /** Addresses are served in turn, so that none keeps the others waiting. */
  readonly peer?: Address | undefined;
}

/**
 * Hashes and verifies passwords, a few at a time: hashing is slow by intention, and so the cheapest way to keep a server
 * busy. All checkers of a reactor should share one, as {@link passwordHasher} does.
 *
 * The loop goes on meanwhile: scrypt runs in Node's own threads, crypt(3)'s hashes and bcrypt in the reactor's. Only a
 * simulation hashes in the loop. Its time is virtual, and how many turns of the real loop a thread needs is chance
 * (STYLE P5): the same seed would no longer replay the same run. It has no clients to keep waiting.
 */
export class PasswordHasher {
  readonly #reactor: Reactor;
  readonly #cost: ScryptCost;
  readonly #turns: FairTurns;

  /** @throws {PasswordHashError} when `cost` is out of bounds */
  constructor(reactor: Reactor, options: PasswordHasherOptions = {}) {
    this.#reactor = reactor;
    this.#cost = options.cost ?? scryptCostDefault;
    checkCost(this.#cost);
    this.#turns = new FairTurns({ parallelMax: options.parallelMax ?? 2, waitingMax: options.waitingMax ?? 256 });
  }

  /**
   * Hashes a password for keeping: `$scrypt$ln=15,r=8,p=3$SALT$HASH`.
   * @throws {LoginError} `temporary` when too many hashes wait
   */
  async hash(password: string, options?: HashingOptions): Promise<string> {
    const [cost, salt] = [this.#cost, this.#reactor.random.bytes(16)];
    const hash = await this.#turn(() => this.#scrypt(password, salt, 32, cost), options);
    return formatScrypt({ cost, salt, hash });
  }

  /**
   * Tells whether a password is the one that was hashed.
   * @throws {LoginError} `temporary` when too many hashes wait
   * @throws {PasswordHashError} when the hash is of no use
   */
  async verify(hash: string, password: string, options?: HashingOptions): Promise<boolean> {
    const fault = passwordHashFault(hash);
    if (fault !== undefined) throw fault;
    return this.#turn(
      () => (hash.startsWith("$scrypt$") ? this.#verifyScrypt(hash, password) : this.#crypt(hash, password)),
      options,
    );
  }

  /** Takes as long as to verify a password against a hash of our own making. */
  async waste(password: string, options?: HashingOptions): Promise<void> {
    await this.#turn(() => this.#scrypt(password, new Uint8Array(16), 32, this.#cost), options);
  }

  async #turn<Result>(work: () => Promise<Result>, options: HashingOptions = {}): Promise<Result> {
    try {
      return await this.#turns.run(addressKey(options.peer) ?? "", work, options);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      throw new LoginError("temporary", "Cannot verify a password: too many wait for it", { cause: error });
    }
  }

  async #verifyScrypt(text: string, password: string): Promise<boolean> {
    const { cost, salt, hash } = parseScrypt(text);
    return sameOctets(hash, await this.#scrypt(password, salt, hash.length, cost));
  }

  async #scrypt(password: string, salt: Uint8Array, octets: number, cost: ScryptCost): Promise<Uint8Array> {
    if (hashesInLoop(this.#reactor)) return scryptNow(password, salt, octets, cost);
    return new Promise((resolve, reject) =>
      scrypt(password, salt, octets, scryptOptions(cost), (error, hash) => (error ? reject(error) : resolve(hash))),
    );
  }

  async #crypt(hash: string, password: string): Promise<boolean> {
    if (hashesInLoop(this.#reactor) || this.#reactor.kind === "memory") return verifyCrypt(hash, password);
    return this.#reactor.threads.run<boolean>(cryptWork, "verifyCrypt", [hash, password]);
  }
}

/** The hasher that all checkers of a reactor share, unless they are given another. */
export function passwordHasher(reactor: Reactor): PasswordHasher {
  const known = hashers.get(reactor) ?? new PasswordHasher(reactor);
  hashers.set(reactor, known);
  return known;
}

/** The one place where it is decided; {@link PasswordHasher} says why. */
function hashesInLoop(reactor: Reactor): boolean {
  return reactor.kind === "simulation";
}

const hashers = new WeakMap<Reactor, PasswordHasher>();
const cryptWork = new URL(import.meta.resolve("#crypt-work"));
