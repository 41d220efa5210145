import type { ChildProcess } from "@hawser/core";
import type { HttpRequest } from "../http/request.ts";
import type { HttpResponse } from "../http/response.ts";
import { cgiAnswer, failedAnswer } from "./answer.ts";
import { type CgiPlace, cgiEnvironment } from "./environment.ts";
import { CgiError } from "./errors.ts";
import type { CgiGatewaySettings } from "./options.ts";
import { CgiOutput } from "./output.ts";
import { CgiProcess } from "./process.ts";
import { type CgiRequestContent, contentFor } from "./request-content.ts";
import { StderrTail } from "./stderr.ts";
import type { CgiTurns } from "./turns.ts";

/** A program to be run for one request. */
export interface CgiCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Where it runs: the folder of the script (RFC 3875 §7.2). */
  readonly directory: string;
  readonly place: CgiPlace;
  /** It prints a whole HTTP response, head and all (RFC 3875 §5). */
  readonly statusLine: boolean;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/** The search path of scripts: what every system has. */
const pathDefault = "/usr/local/bin:/usr/bin:/bin";

/** How long the complaints of a script that failed are waited for. */
const complaintsMs = 200;

/**
 * Runs a program for a request and answers with what it prints. The body goes in as it comes, the answer out as it comes,
 * each as fast as the other end takes it; when the client leaves, the program and all that it has started are ended.
 * @throws {HttpError} 411, 500 when it cannot be started, 502, 503, 504
 */
export async function runCgi(
  request: HttpRequest,
  command: CgiCommand,
  settings: CgiGatewaySettings,
  turns: CgiTurns,
): Promise<HttpResponse> {
  const content = await contentFor(request, settings.spoolOctetsMax);
  const { clock } = request.reactor;
  const { onStderr } = settings;
  const stderr = new StderrTail(onStderr === undefined ? undefined : (line) => onStderr(line, request));
  let complaints: Promise<void> | undefined;
  try {
    const child = await startInTurn(request, command, settings, content, turns);
    complaints = child.errors === undefined ? undefined : stderr.follow(child.errors);
    const running = new CgiProcess(child, clock);
    void running.feed(content);
    const output = new CgiOutput(running, settings, clock, request.signal);
    return await cgiAnswer(request, output, { statusLine: command.statusLine, octetsMax: settings.headOctetsMax });
  } catch (error) {
    if (complaints !== undefined) await Promise.race([complaints, clock.sleep(complaintsMs)]);
    throw failedAnswer(error, request, stderr.text);
  }
}

/** Starts the program when it is its turn. The turn is given on when the program has ended. */
async function startInTurn(
  request: HttpRequest,
  command: CgiCommand,
  settings: CgiGatewaySettings,
  content: CgiRequestContent,
  turns: CgiTurns,
): Promise<ChildProcess> {
  const turn = await turns.take(request.signal);
  try {
    const child = await start(request, command, settings, content);
    void child.exited.then(turn.release);
    return child;
  } catch (error) {
    turn.release();
    throw error;
  }
}

async function start(
  request: HttpRequest,
  command: CgiCommand,
  settings: CgiGatewaySettings,
  content: CgiRequestContent,
): Promise<ChildProcess> {
  const environment = cgiEnvironment(request, command.place, {
    contentLength: content.length,
    passAuthorization: settings.passAuthorization,
    variables: { PATH: pathDefault, ...settings.environment(request) },
  });
  const { program, directory, uid, gid } = command;
  const options = { arguments: command.arguments, environment, directory, uid, gid, group: true };
  try {
    return await request.reactor.processes.spawn(program, options);
  } catch (cause) {
    throw new CgiError("no-program", `Cannot run ${program}`, { cause });
  }
}
