import { Connection, connect } from "@hawser/core";
import { type CgiPlace, cgiEnvironment } from "../cgi/environment.ts";
import { askGateway } from "../cgi/gateway.ts";
import { type CgiGatewayOptions, cgiGatewaySettings } from "../cgi/options.ts";
import type { CgiSource } from "../cgi/output.ts";
import { applicationPlace, filePlace } from "../cgi/place.ts";
import type { CgiRequestContent } from "../cgi/request-content.ts";
import { CgiTurns } from "../cgi/turns.ts";
import type { FileProcessor } from "../files/options.ts";
import type { HttpRequest } from "../http/request.ts";
import type { HttpResource } from "../http/resource.ts";
import type { HttpResponse } from "../http/response.ts";
import { encodeScgiHead } from "./wire.ts";

/** How {@link scgi} reaches an application, and what it says to it. */
export interface ScgiOptions extends CgiGatewayOptions {
  /** Where the files lie as the application sees them. Default: where they lie for us. */
  readonly root?: string | undefined;
  /** Default 5,000 ms. */
  readonly connectTimeoutMs?: number | undefined;
}

/** An application behind SCGI: a resource that answers for all paths below it, and a processor for files. */
export interface ScgiGateway extends HttpResource {
  readonly forFiles: FileProcessor;
}

/**
 * Reaches an application that speaks SCGI, which is one request on each connection: its variables as a netstring, its body,
 * and the answer as CGI has it.
 * @param endpoint such as `tcp:127.0.0.1:4000` or `unix:/run/app.sock`
 */
export function scgi(endpoint: string, options: ScgiOptions = {}): ScgiGateway {
  const settings = cgiGatewaySettings(options);
  const turns = new CgiTurns(settings.programsMax, settings.waitingMax);
  const timeoutMs = options.connectTimeoutMs ?? 5_000;

  const answer = (request: HttpRequest, place: CgiPlace): Promise<HttpResponse> =>
    askGateway(request, settings, turns, async (content) => {
      const { passAuthorization } = settings;
      const facts = { contentLength: content.length, passAuthorization, variables: settings.environment(request) };
      const head = encodeScgiHead(cgiEnvironment(request, place, facts), content.length);
      const { reactor, signal } = request;
      const transport = await connect(endpoint, undefined, { reactor, signal, timeoutMs });
      const wire = new Connection(transport);
      transport.start(wire.receiver);
      void feed(wire, head, content);
      return sourceOf(wire);
    });

  return {
    render: async (request) => answer(request, applicationPlace(request)),
    forFiles: (file) => async (request) => answer(request, await filePlace(request, file, options.root)),
  };
}

/** Our side stays open behind the body: applications take an early end for a client that has gone. */
async function feed(wire: Connection, head: Uint8Array, { chunks }: CgiRequestContent): Promise<void> {
  try {
    await wire.send(head);
    for await (const chunk of chunks) await wire.send(chunk);
  } catch {
    // The application has gone, or the client has: whoever reads the answer is told.
  }
}

function sourceOf(wire: Connection): CgiSource {
  return {
    read: (signal) => wire.read({ signal }),
    close: () => wire.abort(),
  };
}
