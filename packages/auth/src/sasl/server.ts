import { isConfidential, quote, reportFault, StateError } from "@hawser/core";
import type { Credentials, LoginContext, SecretRequest } from "../credentials.ts";
import { LoginError } from "../errors.ts";
import type { AvatarType, FoundSecret, Login, Portal } from "../portal.ts";
import { channelBindingsOf, type SaslChannelBindings } from "./channel-binding/channel-binding.ts";
import { SaslError, saslFault } from "./errors.ts";
import { saslLimits, scramIterations } from "./limits.ts";
import type {
  SaslDisguise,
  SaslMechanism,
  SaslOauthHints,
  SaslServerAnswer,
  SaslServerFacts,
  SaslServerMachine,
  SaslServerRequest,
} from "./mechanism.ts";
import { saslNonce } from "./nonce.ts";
import { canServe, mechanismsOnServer } from "./offer.ts";
import { areScramIterations } from "./scram/keys.ts";

/** For whom {@link saslServer} logs in, and how. */
export interface SaslServerOptions<Avatar> {
  /** What the protocol wants of the realm. */
  readonly wanted: AvatarType<Avatar>;
  /** The connection as it is now. After STARTTLS it is another one: make a new server. */
  readonly context: LoginContext;
  /**
   * What may be used, by name, or mechanisms of your own. Default: all but the old ones (CRAM-MD5, DIGEST-MD5, APOP), and of
   * SCRAM only SHA-256: offer another hash where every user has a secret of it, for a client commits itself to a hash before
   * it says who it is.
   */
  readonly mechanisms?: readonly (string | SaslMechanism)[] | undefined;
  /** Takes passwords and tokens that can be read on the way. Default false: only on TLS, from loopback, and on UNIX sockets. */
  readonly allowPlainText?: boolean | undefined;
  /**
   * Lets somebody who is logged in act as somebody else: gives the login to have instead, or `undefined` to refuse. Default:
   * everybody acts as oneself alone.
   */
  readonly actAs?: ((login: Login<Avatar>, authzid: string) => Promise<Login<Avatar> | undefined>) | undefined;
  /** Our own name, for CRAM-MD5, APOP and DIGEST-MD5. Default: the name that TLS was asked for, else `localhost`. */
  readonly host?: string | undefined;
  /** As registered for GSSAPI. Default: the protocol of the context. */
  readonly service?: string | undefined;
  /** The realm of DIGEST-MD5. Default: the host. */
  readonly realm?: string | undefined;
  /**
   * How the salts of unknown users are made. Default: by a key of this portal in this process, as long and with as many
   * iterations as `makeScramSecret` makes them. Give a key of your own, 32 octets that never change, where several processes
   * serve the same users or the difference between two starts may be noticed; and the others where your secrets differ.
   */
  readonly disguise?: Partial<SaslDisguise> | undefined;
  /** What a client is told whose token was refused. */
  readonly oauth?: SaslOauthHints | undefined;
}

/** What a server says to a client. A refusal is thrown. */
export type SaslServerReply<Avatar> =
  | { readonly type: "challenge"; readonly data: Uint8Array }
  /**
   * `data` goes along with the success. A protocol whose success carries nothing sends it as one more challenge, and its
   * success when the client has answered that with nothing (RFC 4422 §3.6).
   */
  | { readonly type: "success"; readonly login: Login<Avatar>; readonly data: Uint8Array | undefined };

/**
 * The server's side of SASL on one connection (RFC 4422). A protocol frames what it gives and takes, in base64 mostly, and
 * leaves the rest to it.
 */
export interface SaslServer<Avatar> {
  /** What to offer now, best first. */
  readonly mechanisms: readonly string[];
  /**
   * Begins an exchange; one that was under way is given up. `initialResponse` is what came with the command: empty octets
   * are another thing than none.
   * @throws {LoginError} the refusal
   * @throws {SaslProtocolError} the client broke the mechanism's rules
   */
  start(mechanism: string, initialResponse?: Uint8Array | undefined): Promise<SaslServerReply<Avatar>>;
  /** Takes the answer to a challenge. @throws as {@link start} does; {@link StateError} when there was no challenge */
  respond(response: Uint8Array): Promise<SaslServerReply<Avatar>>;
  /** The client has given up (`*`), or is gone. A login that is still under way is let go of as soon as it is there. */
  abort(): void;
}

/** Logs clients of one connection in through a portal. */
export function saslServer<Avatar>(portal: Portal, options: SaslServerOptions<Avatar>): SaslServer<Avatar> {
  return new PortalSaslServer(portal, options);
}

/** One run of a mechanism. */
interface Exchange<Avatar> {
  readonly machine: SaslServerMachine;
  /** What came with the command and was not asked for yet. */
  initial: Uint8Array | undefined;
  login: Login<Avatar> | undefined;
  /** Its challenge is out, and nobody works on it. */
  waiting: boolean;
}

class PortalSaslServer<Avatar> implements SaslServer<Avatar> {
  readonly #portal: Portal;
  readonly #options: SaslServerOptions<Avatar>;
  readonly #on: readonly SaslMechanism[];
  #bindings: SaslChannelBindings | undefined;
  #exchange: Exchange<Avatar> | undefined;

  constructor(portal: Portal, options: SaslServerOptions<Avatar>) {
    this.#portal = portal;
    this.#options = options;
    this.#on = mechanismsOnServer(options.mechanisms);
  }

  get mechanisms(): readonly string[] {
    return this.#usable.filter((one) => one.unlisted !== true).map(({ name }) => name);
  }

  async start(name: string, initialResponse?: Uint8Array | undefined): Promise<SaslServerReply<Avatar>> {
    this.abort();
    const mechanism = this.#usable.find((one) => one.name === name.toUpperCase());
    if (mechanism === undefined)
      throw saslFault("unknown-mechanism", `Cannot log in by ${quote(name)}: it is not offered`, "RFC 4422 §3.3");
    const machine = mechanism.server(this.#facts);
    const exchange: Exchange<Avatar> = { machine, initial: initialResponse, login: undefined, waiting: false };
    this.#exchange = exchange;
    return this.#run(exchange, { type: "start" });
  }

  async respond(response: Uint8Array): Promise<SaslServerReply<Avatar>> {
    const exchange = this.#exchange;
    if (exchange?.waiting !== true) throw new StateError("Cannot take a response: no challenge waits for one");
    return this.#run(exchange, { type: "response", data: response });
  }

  abort(): void {
    this.#exchange = undefined;
  }

  /** Goes on until there is something to say. Whatever goes wrong ends the exchange. */
  async #run(exchange: Exchange<Avatar>, answer: SaslServerAnswer): Promise<SaslServerReply<Avatar>> {
    exchange.waiting = false;
    try {
      const reply = await this.#advance(exchange, answer);
      if (this.#exchange !== exchange) throw new SaslError("aborted", "Cannot log in: the client has given up");
      exchange.waiting = reply.type === "challenge";
      if (reply.type === "success") this.#exchange = undefined;
      return reply;
    } catch (error) {
      if (this.#exchange === exchange) this.#exchange = undefined;
      await exchange.login?.logout();
      throw error;
    }
  }

  async #advance(exchange: Exchange<Avatar>, first: SaslServerAnswer): Promise<SaslServerReply<Avatar>> {
    const { machine } = exchange;
    let step = machine.next(first.type === "response" ? withinLimit(first) : first);
    while (!step.done) {
      const request = step.value;
      const answer = request.type === "challenge" ? initialAnswer(exchange, request) : this.#fulfil(exchange, request);
      if (answer === undefined) return { type: "challenge", data: (request as { data: Uint8Array }).data };
      step = await answer.then(
        (given) => machine.next(given),
        (error: unknown) => machine.throw(error),
      );
    }
    if (exchange.login === undefined) throw new StateError("Cannot end the exchange: the mechanism has not logged in");
    return { type: "success", login: exchange.login, data: step.value.data };
  }

  async #fulfil(
    exchange: Exchange<Avatar>,
    request: Exclude<SaslServerRequest, { readonly type: "challenge" }>,
  ): Promise<SaslServerAnswer> {
    const { context } = this.#options;
    switch (request.type) {
      case "secret":
        return { type: "secret", found: await this.#secret(request.user, request.request) };
      case "login":
        exchange.login = await this.#logIn(request.credentials, request.authzid);
        return { type: "done" };
      case "reject":
        await this.#portal.reject(request.user, context);
        throw new LoginError("bad-credentials", `Cannot log ${quote(request.user)} in: the proof is wrong`);
      default:
        return request satisfies never;
    }
  }

  async #secret(user: string, request: SecretRequest): Promise<FoundSecret | undefined> {
    const found = await this.#portal.secret(user, request, this.#options.context);
    const fault = found && secretFault(found, request);
    if (fault === undefined) return found;
    reportFault(new RangeError(`Cannot use the secret of ${quote(user)}: ${fault}`), "SASL");
    return undefined;
  }

  async #logIn(credentials: Credentials, authzid: string | undefined): Promise<Login<Avatar>> {
    const { wanted, context, actAs } = this.#options;
    const other = authzid !== undefined && "user" in credentials && authzid !== credentials.user ? authzid : undefined;
    const refused = () => new LoginError("no-avatar", `Cannot log in as ${quote(other!)}: everybody acts as oneself`);
    if (other !== undefined && actAs === undefined) throw refused();
    const login = await this.#portal.login(credentials, wanted, context);
    if (other === undefined) return login;
    const instead = await actAs!(login, other).catch(async (error: unknown) => {
      await login.logout();
      throw error;
    });
    if (instead === login) return login;
    await login.logout();
    if (instead === undefined) throw refused();
    return instead;
  }

  get #usable(): readonly SaslMechanism[] {
    const { context, allowPlainText } = this.#options;
    const surroundings = {
      bindings: this.#channel,
      private: allowPlainText === true || isConfidential(context),
      certificate: verifiedCertificate(context) !== undefined,
    };
    return this.#on.filter((one) => canServe(one, this.#portal, surroundings));
  }

  get #channel(): SaslChannelBindings {
    this.#bindings ??= channelBindingsOf(this.#options.context.security, "server");
    return this.#bindings;
  }

  get #facts(): SaslServerFacts {
    const { context, host = context.security?.serverName ?? "localhost", ...options } = this.#options;
    const { reactor, secrets } = this.#portal;
    return {
      nonce: () => saslNonce(reactor.random),
      wallMs: reactor.clock.wall(),
      bindings: this.#channel,
      offersPlus: this.#usable.some(({ plus }) => plus),
      certificate: verifiedCertificate(context),
      host,
      service: options.service ?? context.protocol,
      realm: options.realm ?? host,
      secrets,
      disguise: {
        key: options.disguise?.key ?? disguiseKeyOf(this.#portal),
        iterations: options.disguise?.iterations ?? scramIterations.usual,
        saltOctets: options.disguise?.saltOctets ?? 16,
      },
      oauth: options.oauth ?? {},
    };
  }
}

/** What the client has said with its command, when it is asked for. `undefined`: the client must be asked. */
function initialAnswer(
  exchange: Exchange<unknown>,
  { first }: Extract<SaslServerRequest, { readonly type: "challenge" }>,
): Promise<SaslServerAnswer> | undefined {
  const { initial } = exchange;
  if (initial === undefined) return undefined;
  exchange.initial = undefined;
  if (!first)
    throw saslFault("out-of-turn", "Cannot take the first response: the server speaks first", "RFC 4422 §3.3");
  return Promise.resolve(withinLimit({ type: "response", data: initial }));
}

function withinLimit(answer: Extract<SaslServerAnswer, { readonly type: "response" }>): SaslServerAnswer {
  if (answer.data.length <= saslLimits.messageOctetsMax) return answer;
  const most = saslLimits.messageOctetsMax;
  throw saslFault("too-long", `Cannot take the response: it has more than ${most} octets`, "RFC 4954 §4");
}

function secretFault({ secret }: FoundSecret, request: SecretRequest): string | undefined {
  if (secret.kind !== request.kind) return "it is of another kind than was asked for";
  if (secret.kind !== "scram") return undefined;
  if (request.kind === "scram" && secret.hash !== request.hash) return "it is of another hash than was asked for";
  return areScramIterations(secret.iterations) ? undefined : `${secret.iterations} iterations are out of bounds`;
}

function verifiedCertificate({ security }: LoginContext): Uint8Array | undefined {
  return security?.authorized === true ? security.peerCertificate : undefined;
}

/** One key for a portal, so that a name has the same salt in every protocol, as a real one has. */
const disguiseKeys = new WeakMap<Portal, Uint8Array>();

function disguiseKeyOf(portal: Portal): Uint8Array {
  let key = disguiseKeys.get(portal);
  if (key === undefined) {
    key = portal.reactor.random.bytes(32);
    disguiseKeys.set(portal, key);
  }
  return key;
}
