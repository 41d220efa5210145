import { type Address, isConfidential, type Reactor, type Security, StateError } from "@hawser/core";
import { channelBindingsOf } from "./channel-binding/channel-binding.ts";
import { deriveSaslKey, type SaslKeyCache } from "./derive.ts";
import { SaslError, saslFault } from "./errors.ts";
import { nothing } from "./exchange.ts";
import { saslLimits, scramIterations } from "./limits.ts";
import type {
  SaslClientAnswer,
  SaslClientCredentials,
  SaslClientFacts,
  SaslClientMachine,
  SaslClientRequest,
  SaslDerivation,
  SaslMechanism,
} from "./mechanism.ts";
import { saslNonce } from "./nonce.ts";
import { canSpeak, mechanismsInClient } from "./offer.ts";

/** How {@link saslClient} logs in, and where. */
export interface SaslClientOptions extends SaslClientCredentials {
  readonly reactor: Reactor;
  /** What the server offers, in any order. */
  readonly offered: readonly string[];
  /** The name of the server as we asked for it. */
  readonly host: string;
  readonly port?: number | undefined;
  /** As registered for GSSAPI: `imap`, `smtp`. */
  readonly service: string;
  /** TLS of the connection, where there is any. */
  readonly security?: Security | undefined;
  /** Where the server is. */
  readonly peer?: Address | undefined;
  /** What may be used, by name, or mechanisms of your own. Default: all but the old ones (CRAM-MD5, DIGEST-MD5, APOP). */
  readonly mechanisms?: readonly (string | SaslMechanism)[] | undefined;
  /** Sends passwords and tokens that can be read on the way. Default false: only on TLS, to loopback, and on UNIX sockets. */
  readonly allowPlainText?: boolean | undefined;
  /** The fewest iterations of SCRAM that we use. Default 4,096 (RFC 7677 §4). */
  readonly iterationsMin?: number | undefined;
  /** The most. Default 10,000,000. */
  readonly iterationsMax?: number | undefined;
  /** Keys derived before: share one between the connections to a server. Default: none. */
  readonly keys?: SaslKeyCache | undefined;
}

/** The client's side of SASL on one connection (RFC 4422). A protocol frames what it gives and takes. */
export interface SaslClient {
  /** What was chosen. */
  readonly mechanism: string;
  /** What the server has said against us, if it said why before it refuses us. */
  readonly refusal: string | undefined;
  /**
   * What to send with the command; `undefined` when the server speaks first. A protocol whose command carries nothing keeps
   * it, and sends it as the answer to the first challenge, which is empty then (RFC 4422 §3.3).
   */
  start(): Promise<Uint8Array | undefined>;
  /**
   * The answer to a challenge.
   * @throws {SaslProtocolError} the server broke the mechanism's rules, or somebody between us did: end the connection
   */
  respond(challenge: Uint8Array): Promise<Uint8Array>;
  /**
   * The server says that all is well, perhaps with some octets. Only when this has returned it is.
   * @throws {SaslProtocolError} when the server has not proved what it must
   */
  succeed(data?: Uint8Array | undefined): Promise<void>;
}

/**
 * Chooses the best mechanism that the server offers and our credentials allow; it never sends a password or a token in clear
 * unless told so.
 * @throws {SaslError} `no-mechanism`
 * @throws {TypeError} credentials that no message can carry, when they are asked for
 */
export function saslClient(options: SaslClientOptions): SaslClient {
  const bindings = channelBindingsOf(options.security, "client");
  const offered = new Set(options.offered.map((name) => name.toUpperCase()));
  const surroundings = {
    bindings,
    private: options.allowPlainText === true || isConfidential(options),
    certificate: options.certificate === true,
  };
  const usable = mechanismsInClient(options.mechanisms).filter((one) => canSpeak(one, options, surroundings));
  const mechanism = usable.find((one) => offered.has(one.name));
  if (mechanism === undefined) throw noMechanism(options, surroundings.private);
  const facts: SaslClientFacts = {
    credentials: options,
    nonce: () => saslNonce(options.reactor.random),
    bindings,
    plusOffered: [...offered].some((name) => name.endsWith("-PLUS")),
    host: options.host,
    port: options.port,
    service: options.service,
    iterationsMin: options.iterationsMin ?? scramIterations.min,
    iterationsMax: options.iterationsMax ?? scramIterations.max,
  };
  return new MechanismClient(mechanism, facts, options);
}

class MechanismClient implements SaslClient {
  readonly mechanism: string;
  refusal: string | undefined;
  readonly #machine: SaslClientMachine;
  readonly #reactor: Reactor;
  readonly #keys: SaslKeyCache | undefined;
  /** `busy` while a key is derived. */
  #state: "new" | "busy" | "waiting" | "done" | "failed" = "new";

  constructor({ name, client }: SaslMechanism, facts: SaslClientFacts, { reactor, keys }: SaslClientOptions) {
    this.mechanism = name;
    this.#machine = client(facts);
    this.#reactor = reactor;
    this.#keys = keys;
  }

  async start(): Promise<Uint8Array | undefined> {
    this.#require("new");
    return (await this.#run({ type: "start" }))?.data;
  }

  async respond(challenge: Uint8Array): Promise<Uint8Array> {
    this.#require("waiting");
    const request = await this.#run({ type: "server", data: challenge, last: false });
    if (request?.data !== undefined) return request.data;
    throw saslFault("out-of-turn", "Cannot answer the server: nothing is left to say", "RFC 4422 §3.4");
  }

  async succeed(data: Uint8Array = nothing): Promise<void> {
    this.#require("waiting");
    if ((await this.#run({ type: "server", data, last: true })) === undefined) return;
    this.#state = "failed";
    throw saslFault("out-of-turn", "Cannot trust the server: it says that all is well too early", "RFC 4422 §3.6");
  }

  #require(state: "new" | "waiting"): void {
    if (this.#state !== state)
      throw new StateError(`Cannot go on with ${this.mechanism}: the exchange is ${this.#state}`);
  }

  /** Goes on until there is something to say; `undefined` at the end. */
  async #run(first: SaslClientAnswer): Promise<Exclude<SaslClientRequest, SaslDerivation> | undefined> {
    this.#state = "busy";
    try {
      let step = this.#machine.next(withinLimit(first));
      while (!step.done && step.value.type === "derive")
        step = this.#machine.next({ type: "key", key: await this.#derive(step.value) });
      this.#state = step.done === true ? "done" : "waiting";
      if (step.done === true) return undefined;
      const request = step.value as Exclude<SaslClientRequest, SaslDerivation>;
      this.refusal = request.refusal;
      return request;
    } catch (error) {
      this.#state = "failed";
      throw error;
    }
  }

  async #derive(asked: SaslDerivation): Promise<Uint8Array> {
    const known = this.#keys?.get(asked);
    if (known !== undefined) return known;
    const key = await deriveSaslKey(this.#reactor, asked);
    this.#keys?.set(asked, key);
    return key;
  }
}

function withinLimit(answer: SaslClientAnswer): SaslClientAnswer {
  const most = saslLimits.messageOctetsMax;
  if (answer.type !== "server" || answer.data.length <= most) return answer;
  throw saslFault("too-long", `Cannot take what the server says: it has more than ${most} octets`, "RFC 4954 §4");
}

function noMechanism({ offered }: SaslClientOptions, isPrivate: boolean): SaslError {
  const names = offered.length === 0 ? "nothing" : offered.slice(0, 16).join(", ");
  const why = isPrivate ? "our credentials fit none of it" : "our credentials fit none of it that is safe without TLS";
  return new SaslError("no-mechanism", `Cannot log in: the server offers ${names.slice(0, 256)}, and ${why}`);
}
