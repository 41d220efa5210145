// Provisional shapes: the real engine comes from its own branch.
import type { Instant, Machine } from "@hawser/core";
import { ProtocolError } from "@hawser/core";
import type { HttpHeaders } from "../http/headers.ts";

export interface HttpTarget {
  readonly form: "origin" | "absolute" | "authority" | "asterisk";
  readonly authority: string;
  readonly path: string;
  readonly query: string | undefined;
}
export interface Http1RequestHead {
  readonly method: string;
  readonly target: HttpTarget;
  readonly rawTarget: string;
  readonly version: "1.0" | "1.1";
  readonly headers: HttpHeaders;
  readonly bodyKind: "none" | "length" | "chunked";
  readonly contentLength: number | undefined;
  readonly expectContinue: boolean;
  readonly upgrade: readonly string[];
  readonly keepAlive: boolean;
}
export type Http1ServerEvent =
  | { readonly type: "request"; readonly head: Http1RequestHead }
  | { readonly type: "body"; readonly chunk: Uint8Array }
  | { readonly type: "request-end"; readonly trailers: HttpHeaders | undefined }
  | { readonly type: "end" };
export type Http1ServerAction = { readonly type: string; readonly [key: string]: unknown };
export interface Http1Limits {
  readonly headerTimeoutMs: number;
}
export class Http1ProtocolError extends ProtocolError {}
export interface Http1ServerMachineOptions {
  readonly limits?: Partial<Http1Limits> | undefined;
  readonly now: () => Instant;
  readonly date?: (() => string) | undefined;
}
export declare class Http1ServerMachine implements Machine<Http1ServerEvent, Http1ServerAction> {
  constructor(options: Http1ServerMachineOptions);
  receive(chunk: Uint8Array): void;
  end(): void;
  next(): Http1ServerEvent | undefined;
  send(action: Http1ServerAction): void;
  takeOutput(): Uint8Array | string | undefined;
  readonly deadline: Instant | undefined;
  expire(now: Instant): void;
  drain(): void;
  refuse(error: Http1ProtocolError): void;
  takeRest(): Uint8Array;
  readonly shouldClose: boolean;
  readonly bufferedOctets: number;
  readonly responseBegun: boolean;
  readonly omitsBody: boolean;
}
