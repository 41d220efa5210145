import type { HttpRequest } from "../http/request.ts";

/** What every program behind HTTP may be given and allowed: CGI, FastCGI and SCGI. */
export interface CgiGatewayOptions {
  /** More variables for the program, which stand over all others. */
  readonly environment?:
    | Readonly<Record<string, string>>
    | ((request: HttpRequest) => Readonly<Record<string, string>>)
    | undefined;
  /** Gives Authorization to the program, which sees passwords then (RFC 3875 §4.1.18). Default false. */
  readonly passAuthorization?: boolean | undefined;
  /** For the whole answer. Default 300,000 ms. */
  readonly timeoutMs?: number | undefined;
  /** How long the program may print nothing while we wait for it. Default 60,000 ms. */
  readonly idleTimeoutMs?: number | undefined;
  /** The longest head of an answer. Default 65,536. */
  readonly headOctetsMax?: number | undefined;
  /** The longest answer. Default 1 GiB. */
  readonly outputOctetsMax?: number | undefined;
  /** A body sent in chunks is kept until it is whole, since programs must be told its length; a longer one gets 411. Default 1 MiB. */
  readonly spoolOctetsMax?: number | undefined;
  /** How many may be at work at once. Default 32. */
  readonly programsMax?: number | undefined;
  /** How many requests may wait for their turn; more get 503. Default 128. */
  readonly waitingMax?: number | undefined;
  /** Told each line that a program writes to its errors. Default: the last lines are part of the fault when it fails. */
  readonly onStderr?: ((line: string, request: HttpRequest) => void) | undefined;
}

/** {@link CgiGatewayOptions} with every default filled in. */
export interface CgiGatewaySettings {
  readonly environment: (request: HttpRequest) => Readonly<Record<string, string>>;
  readonly passAuthorization: boolean;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly headOctetsMax: number;
  readonly outputOctetsMax: number;
  readonly spoolOctetsMax: number;
  readonly programsMax: number;
  readonly waitingMax: number;
  readonly onStderr: ((line: string, request: HttpRequest) => void) | undefined;
}

export function cgiGatewaySettings(options: CgiGatewayOptions): CgiGatewaySettings {
  const { environment } = options;
  return {
    environment: typeof environment === "function" ? environment : () => environment ?? {},
    passAuthorization: options.passAuthorization ?? false,
    timeoutMs: options.timeoutMs ?? 300_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    headOctetsMax: options.headOctetsMax ?? 65_536,
    outputOctetsMax: options.outputOctetsMax ?? 2 ** 30,
    spoolOctetsMax: options.spoolOctetsMax ?? 1_048_576,
    programsMax: options.programsMax ?? 32,
    waitingMax: options.waitingMax ?? 128,
    onStderr: options.onStderr,
  };
}
