import { CgiError } from "../cgi/errors.ts";
import type { CgiSource } from "../cgi/output.ts";
import type { CgiRequestContent } from "../cgi/request-content.ts";
import type { StderrTail } from "../cgi/stderr.ts";
import type { FastCgiConnection, FastCgiConnections } from "./connections.ts";

/** One request to an application. */
export interface FastCgiRequest {
  readonly variables: Readonly<Record<string, string>>;
  readonly content: CgiRequestContent;
  readonly stderr: StderrTail;
}

/** One request and its answer on one connection. The body goes out while the answer comes in. */
export class FastCgiExchange implements CgiSource {
  readonly #connections: FastCgiConnections;
  readonly #request: FastCgiRequest;
  #connection: FastCgiConnection;
  #hasAnswered = false;
  #isClosed = false;

  private constructor(connections: FastCgiConnections, connection: FastCgiConnection, request: FastCgiRequest) {
    this.#connections = connections;
    this.#connection = connection;
    this.#request = request;
    this.#begin();
  }

  /** @throws {ConnectionError} */
  static async begin(
    connections: FastCgiConnections,
    request: FastCgiRequest,
    signal: AbortSignal,
  ): Promise<FastCgiExchange> {
    return new FastCgiExchange(connections, await connections.take(signal), request);
  }

  async read(signal: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      const event = this.#connection.machine.next();
      this.#hasAnswered ||= event !== undefined;
      if (event === undefined) await this.#receive(signal);
      else if (event.type === "stdout") return event.chunk;
      else if (event.type === "stderr") this.#request.stderr.receive(event.chunk);
      else return undefined;
    }
  }

  /** Keeps the connection when the request is over on both sides; else tells the application that nobody waits, and leaves. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#request.stderr.end();
    const { machine, wire } = this.#connection;
    if (machine.isIdle && this.#connections.keeps) return this.#connections.give(this.#connection);
    machine.send({ type: "abort" });
    this.#flush();
    void wire.close({ graceMs: 1_000 });
  }

  #begin(): void {
    const { machine } = this.#connection;
    machine.send({ type: "begin", variables: this.#request.variables, keepsConnection: this.#connections.keeps });
    this.#flush();
    void this.#feed(this.#connection);
  }

  async #feed({ machine, wire }: FastCgiConnection): Promise<void> {
    try {
      for await (const chunk of this.#request.content.chunks) {
        machine.send({ type: "stdin", chunk });
        await wire.send(machine.takeOutput() ?? nothing);
      }
      machine.send({ type: "stdin-end" });
      await wire.send(machine.takeOutput() ?? nothing);
    } catch {
      // The application has gone, or the client has: whoever reads the answer is told.
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const chunk = await this.#connection.wire.read({ signal }).catch((error: unknown) => {
      if (signal.aborted || !this.#mayRepeat) throw error;
      return undefined;
    });
    if (chunk !== undefined) return this.#connection.machine.receive(chunk);
    if (this.#isClosed) throw new CgiError("no-answer", "The request was given up");
    if (!this.#mayRepeat)
      throw new CgiError("no-answer", "The application closed the connection before its answer was complete");
    this.#connection = await this.#connections.open(signal);
    this.#begin();
  }

  /** A kept connection may have been closed just when we used it: nobody has seen the request then. */
  get #mayRepeat(): boolean {
    return this.#connection.isUsed && !this.#hasAnswered && Array.isArray(this.#request.content.chunks);
  }

  #flush(): void {
    const output = this.#connection.machine.takeOutput();
    if (output !== undefined) this.#connection.wire.write(output);
  }
}

const nothing = new Uint8Array(0);
