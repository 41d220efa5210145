import type { HttpRequest } from "../http/request.ts";
import type { HttpResponse } from "../http/response.ts";
import { cgiAnswer, failedAnswer } from "./answer.ts";
import type { CgiGatewaySettings } from "./options.ts";
import { CgiOutput, type CgiSource } from "./output.ts";
import { type CgiRequestContent, contentFor } from "./request-content.ts";
import { StderrTail } from "./stderr.ts";
import type { CgiTurns } from "./turns.ts";

/** Sends a request to a program that is running already, and gives where its answer comes from. */
export type CgiExchange = (content: CgiRequestContent, stderr: StderrTail) => Promise<CgiSource>;

/**
 * Answers with what a program behind a socket answers: FastCGI, SCGI.
 * @throws {HttpError} 411, 502, 503, 504
 */
export async function askGateway(
  request: HttpRequest,
  settings: CgiGatewaySettings,
  turns: CgiTurns,
  exchange: CgiExchange,
): Promise<HttpResponse> {
  const content = await contentFor(request, settings.spoolOctetsMax);
  const { onStderr } = settings;
  const stderr = new StderrTail(onStderr === undefined ? undefined : (line) => onStderr(line, request));
  const turn = await turns.take(request.signal);
  let source: CgiSource;
  try {
    source = await exchange(content, stderr);
  } catch (error) {
    turn.release();
    throw failedAnswer(error, request);
  }
  const output = new CgiOutput(releasing(source, turn.release), settings, request.reactor.clock, request.signal);
  try {
    return await cgiAnswer(request, output, { octetsMax: settings.headOctetsMax });
  } catch (error) {
    throw failedAnswer(error, request, stderr.text);
  }
}

/** The same source; its turn is given on when it is closed. */
function releasing(source: CgiSource, release: () => void): CgiSource {
  return {
    read: (signal) => source.read(signal),
    close() {
      source.close();
      release();
    },
  };
}
