import type { Reactor } from "@hawser/core";
import { type CgiPlace, cgiEnvironment } from "../cgi/environment.ts";
import { askGateway } from "../cgi/gateway.ts";
import { type CgiGatewayOptions, type CgiGatewaySettings, cgiGatewaySettings } from "../cgi/options.ts";
import { applicationPlace, filePlace } from "../cgi/place.ts";
import { CgiTurns } from "../cgi/turns.ts";
import type { FileProcessor } from "../files/options.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpResource } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { FastCgiConnections, type FastCgiConnectionsOptions } from "./connections.ts";
import { FastCgiExchange } from "./exchange.ts";

/** How {@link fastCgi} reaches an application, and what it says to it. */
export interface FastCgiOptions extends CgiGatewayOptions {
  /** Where the files lie as the application sees them: it may have another root. Default: where they lie for us. */
  readonly root?: string | undefined;
  /** The file in `root` that answers for every path when a whole site is mounted: a front controller. Default `index.php`. */
  readonly index?: string | undefined;
  /** Unused connections that are kept for the next requests. 0 uses each once. Default 8. */
  readonly keepConnections?: number | undefined;
  /** How long an unused one is kept. Default 10,000 ms. */
  readonly keepIdleMs?: number | undefined;
  /** Default 5,000 ms. */
  readonly connectTimeoutMs?: number | undefined;
}

/** An application behind FastCGI: a resource that answers for all paths below it, and a processor for files. */
export interface FastCgiGateway extends HttpResource, AsyncDisposable {
  /** Answers for files by the application: `processors: { ".php": fastCgi("unix:/run/php/php-fpm.sock").forFiles }`. */
  readonly forFiles: FileProcessor;
}

/**
 * Reaches an application that speaks FastCGI 1.0 as a responder, such as php-fpm.
 * @param endpoint such as `unix:/run/php/php-fpm.sock` or `tcp:127.0.0.1:9000`
 */
export function fastCgi(endpoint: string, options: FastCgiOptions = {}): FastCgiGateway {
  return new Gateway(endpoint, options);
}

class Gateway implements FastCgiGateway {
  readonly #endpoint: string;
  readonly #options: FastCgiOptions;
  readonly #settings: CgiGatewaySettings;
  readonly #keeping: FastCgiConnectionsOptions;
  readonly #turns: CgiTurns;
  readonly #connections = new Map<Reactor, FastCgiConnections>();

  constructor(endpoint: string, options: FastCgiOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#settings = cgiGatewaySettings(options);
    this.#turns = new CgiTurns(this.#settings.programsMax, this.#settings.waitingMax);
    this.#keeping = {
      idleMax: options.keepConnections ?? 8,
      idleMs: options.keepIdleMs ?? 10_000,
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    };
  }

  readonly forFiles: FileProcessor = (file) => async (request) =>
    this.#ask(request, await filePlace(request, file, this.#options.root));

  render(request: HttpRequest): Promise<HttpResponse> {
    const { root, index = "index.php" } = this.#options;
    return this.#ask(request, applicationPlace(request, root, index));
  }

  /** Closes the connections that nobody uses. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const connections of this.#connections.values()) connections.close();
  }

  #ask(request: HttpRequest, place: CgiPlace): Promise<HttpResponse> {
    const settings = this.#settings;
    return askGateway(request, settings, this.#turns, (content, stderr) => {
      const { passAuthorization } = settings;
      const facts = { contentLength: content.length, passAuthorization, variables: settings.environment(request) };
      const variables = cgiEnvironment(request, place, facts);
      return FastCgiExchange.begin(
        this.#connectionsOn(request.reactor),
        { variables, content, stderr },
        request.signal,
      );
    });
  }

  #connectionsOn(reactor: Reactor): FastCgiConnections {
    let connections = this.#connections.get(reactor);
    if (connections === undefined) {
      connections = new FastCgiConnections(this.#endpoint, reactor, this.#keeping);
      this.#connections.set(reactor, connections);
    }
    return connections;
  }
}
