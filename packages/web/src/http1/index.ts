/**
 * HTTP/1.1 without a network (RFC 9112): two machines, one for each side, and what they share.
 *
 * @packageDocumentation
 */
export * from "./errors.ts";
export * from "./limits.ts";
export { Http1ClientMachine } from "./machine/client.ts";
export type * from "./machine/client-messages.ts";
export { Http1ServerMachine } from "./machine/server.ts";
export type * from "./machine/server-messages.ts";
export type { Http1ClientWriting, Http1Closing, Http1Reading, Http1ServerWriting } from "./machine/states.ts";
export type { Http1BodyKind } from "./wire/framing.ts";
export type { Http1Fields } from "./wire/outgoing-fields.ts";
export type { Http1RequestHead } from "./wire/request-head.ts";
export type { Http1ResponseHead } from "./wire/response-head.ts";
export type { Http1Version } from "./wire/start-line.ts";
export type { HttpTarget } from "./wire/target.ts";
