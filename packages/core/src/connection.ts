import type { Address } from "./address.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import { Inbox } from "./connections/inbox.ts";
import { takeUntil } from "./connections/take-until.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import { ConnectionError, StateError } from "./errors.ts";
import type { Protocol } from "./factory.ts";
import { FramingError } from "./framing/errors.ts";
import { type LineDelimiter, LineSearch } from "./framing/line-search.ts";
import type { Reactor } from "./reactor.ts";
import type { Security, TlsOptions } from "./security.ts";
import { type Cancellable, onAbort } from "./tasks/abort.ts";
import { type Deferred, deferred } from "./tasks/deferred.ts";
import type { Transport } from "./transport.ts";

/** How lines end when they are read. */
export interface ReadLineOptions extends Cancellable {
  /** The longest line, without its end. Default 16,384. */
  readonly octetsMax?: number | undefined;
  /** Default `crlf`, which refuses a CR or LF that stands alone; `lf-or-crlf` is for peers that must be forgiven. */
  readonly delimiter?: LineDelimiter | undefined;
  /** Default `utf8`, in which octets that are not UTF-8 become U+FFFD. */
  readonly encoding?: "utf8" | "latin1" | undefined;
}

/** How much may be read at once. */
export interface ReadLimits extends Cancellable {
  /** More is a {@link FramingError}. Default 1,048,576. */
  readonly octetsMax?: number | undefined;
}

/** How a connection is closed. */
export interface CloseOptions extends Cancellable {
  /** How long the peer may take to close its side, before the connection is aborted. Default 5,000 ms. */
  readonly graceMs?: number | undefined;
}

/** How a connection is kept. */
export interface ConnectionOptions {
  /** What may lie unread before the peer is slowed down. Default 65,536. */
  readonly unreadOctetsMax?: number | undefined;
  /**
   * Keeps our side open when the peer has ended its own and everything is read. A server must, for clients that say all
   * they have to say and then listen; a client would keep half a connection that nobody ends. Default: true for
   * {@link connection} and `new Connection`, false for {@link connectTo}.
   */
  readonly halfOpen?: boolean | undefined;
}

const lineOctetsMaxDefault = 16_384;
const readOctetsMaxDefault = 1_048_576;
const unreadOctetsMaxDefault = 65_536;
const graceMsDefault = 5_000;

/**
 * A connection to be read and written like a person would: a line, so many octets, the rest. Nothing is lost when nobody
 * reads: the peer is slowed down. One read waits at a time.
 */
export class Connection implements AsyncDisposable {
  readonly transport: Transport;
  /** Resolves when the connection is gone, with the error if it was lost. Never rejects. */
  readonly closed: Promise<ConnectionError | undefined>;
  /** What the transport pushes into. */
  readonly receiver: Protocol;
  readonly #inbox: Inbox;
  readonly #closing: Deferred<ConnectionError | undefined> = deferred();
  #isDropping = false;
  #gone: { readonly error: ConnectionError | undefined } | undefined;
  #room: Deferred<void> | undefined;

  constructor(transport: Transport, options: ConnectionOptions = {}) {
    const { unreadOctetsMax = unreadOctetsMaxDefault, halfOpen = true } = options;
    this.transport = transport;
    this.closed = this.#closing.promise;
    this.#inbox = new Inbox(transport, unreadOctetsMax, () => {
      if (!halfOpen) transport.end();
    });
    this.receiver = {
      data: (chunk) => {
        if (!this.#isDropping) this.#inbox.push(chunk);
      },
      end: () => this.#inbox.end(),
      drained: () => this.#takeRoom()?.resolve(),
      closed: (error) => this.#lost(error),
    };
  }

  get reactor(): Reactor {
    return this.transport.reactor;
  }

  get local(): Address {
    return this.transport.local;
  }

  get peer(): Address {
    return this.transport.peer;
  }

  get security(): Security | undefined {
    return this.transport.security;
  }

  /**
   * One line, without its end.
   * @throws {FramingError} `line-too-long`, `unexpected-end` (also when the peer ends before the first octet)
   */
  async readLine(options: ReadLineOptions = {}): Promise<string> {
    const { octetsMax = lineOctetsMaxDefault, delimiter = "crlf", encoding = "utf8" } = options;
    const search = new LineSearch(octetsMax, delimiter);
    const line = await this.#inbox.read((buffer) => search.take(buffer), options.signal);
    return Buffer.from(line.buffer, line.byteOffset, line.length).toString(encoding);
  }

  /** Lines until the peer ends. A last line without an end is an error, as it may be cut. */
  async *lines(options: ReadLineOptions = {}): AsyncGenerator<string, void, undefined> {
    while (!(await this.isAtEnd(options))) yield await this.readLine(options);
  }

  /** Exactly so many octets. @throws {FramingError} `unexpected-end` */
  readExactly(octets: number, { signal }: Cancellable = {}): Promise<Uint8Array> {
    if (!Number.isInteger(octets) || octets < 0) throw new RangeError(`Cannot read ${octets} octets`);
    return this.#inbox.read((buffer) => (buffer.octets >= octets ? buffer.take(octets) : undefined), signal);
  }

  /** Everything up to a mark, which is taken away and not given. @throws {FramingError} `frame-too-long`, `unexpected-end` */
  readUntil(
    mark: Uint8Array | string,
    { octetsMax = readOctetsMaxDefault, signal }: ReadLimits = {},
  ): Promise<Uint8Array> {
    const octets = typeof mark === "string" ? Buffer.from(mark) : mark;
    if (octets.length === 0) throw new RangeError("Cannot read until an empty mark");
    return this.#inbox.read(takeUntil(octets, octetsMax), signal);
  }

  /** What has arrived, at least one octet; `undefined` when the peer has ended. */
  async read({ signal }: Cancellable = {}): Promise<Uint8Array | undefined> {
    if (await this.isAtEnd({ signal })) return undefined;
    return this.#inbox.read((buffer) => buffer.take(), signal);
  }

  /** Everything until the peer ends. @throws {FramingError} `frame-too-long` */
  readAll({ octetsMax = readOctetsMaxDefault, signal }: ReadLimits = {}): Promise<Uint8Array> {
    return this.#inbox.read((buffer) => {
      if (buffer.octets > octetsMax) throw wholeTooLong(octetsMax);
      return this.#inbox.endedWell ? buffer.take() : undefined;
    }, signal);
  }

  /** Whether the peer has ended and everything is read; waits until that is known. */
  isAtEnd({ signal }: Cancellable = {}): Promise<boolean> {
    return this.#inbox.read((buffer) => {
      if (buffer.octets > 0) return false;
      return this.#inbox.endedWell ? true : undefined;
    }, signal);
  }

  /** Chunks as they arrive, until the peer ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) yield chunk;
  }

  /** Queues octets, or text as UTF-8. @returns `false` when it is time to wait for {@link drained} */
  write(chunk: Uint8Array | string): boolean {
    const hasRoom = this.transport.write(chunk);
    if (!hasRoom) this.#room ??= this.#newRoom();
    return hasRoom;
  }

  /** Waits until there is room for more. @throws {ConnectionError} when the connection is lost meanwhile */
  async drained({ signal }: Cancellable = {}): Promise<void> {
    signal?.throwIfAborted();
    if (this.#gone !== undefined) throw this.#gone.error ?? closedAlready();
    if (this.#room === undefined) return;
    const aborted = deferred<never>();
    const stopListening = onAbort(signal, () => aborted.reject(signal!.reason));
    try {
      await Promise.race([this.#room.promise, aborted.promise]);
    } finally {
      stopListening();
    }
  }

  /** Writes, and waits until there is room for more. */
  async send(chunk: Uint8Array | string, options: Cancellable = {}): Promise<void> {
    options.signal?.throwIfAborted();
    if (this.#gone !== undefined) throw this.#gone.error ?? closedAlready();
    if (!this.write(chunk)) await this.drained(options);
  }

  /** Sends what is queued, then closes our side; reading goes on. */
  end(): void {
    this.transport.end();
  }

  /** Drops everything and closes both sides at once. */
  abort(reason?: Error): void {
    this.transport.abort(reason);
  }

  /** Sends what is queued, closes our side, and waits for the peer to close its own. What it still sends is dropped. */
  async close({ graceMs = graceMsDefault, signal }: CloseOptions = {}): Promise<void> {
    this.end();
    const dropped = this.reactor.clock.after(graceMs, () => this.abort());
    const stopListening = onAbort(signal, () => this.abort());
    if (signal?.aborted) this.abort();
    this.#isDropping = true;
    this.#inbox.discard();
    await this.closed;
    dropped.cancel();
    stopListening();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Turns the connection into a TLS one, in place.
   * @throws {StateError} when octets that arrived in clear lie unread: somebody smuggles them
   */
  async startTls(options: TlsOptions): Promise<Security> {
    if (this.#inbox.octets === 0) return this.transport.startTls(options);
    const error = new StateError("Cannot start TLS: octets that arrived in clear lie unread");
    this.abort(error);
    throw error;
  }

  #newRoom(): Deferred<void> {
    const room = deferred<void>();
    room.promise.catch(() => {}); // a loss that nobody waits for is told by `closed`
    return room;
  }

  #takeRoom(): Deferred<void> | undefined {
    const room = this.#room;
    this.#room = undefined;
    return room;
  }

  #lost(error: ConnectionError | undefined): void {
    this.#gone = { error };
    this.#inbox.end(error);
    this.#takeRoom()?.reject(error ?? closedAlready());
    this.#closing.resolve(error);
  }
}

/** Connects and gives the connection: `await using peer = await connectTo("tcp:example.org:79")`. See {@link connect}. */
export async function connectTo(
  endpoint: string | Endpoint,
  options: ConnectOptions & ConnectionOptions = {},
): Promise<Connection> {
  const transport = await connect(endpoint, undefined, options);
  const connection = new Connection(transport, { ...options, halfOpen: options.halfOpen ?? false });
  transport.start(connection.receiver);
  return connection;
}

function wholeTooLong(octetsMax: number): FramingError {
  return new FramingError("frame-too-long", `Cannot read everything: it is longer than ${octetsMax} octets`);
}

function closedAlready(): ConnectionError {
  return new ConnectionError("aborted", "Cannot write: the connection is closed");
}
