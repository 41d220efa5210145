/**
 * SASL (RFC 4422): one table of mechanisms for every protocol, both sides of each, on the portal.
 *
 * @packageDocumentation
 */
export {
  channelBindingsOf,
  noChannelBindings,
  type SaslChannelBindingName,
  type SaslChannelBindings,
} from "./channel-binding/channel-binding.ts";
export { type SaslClient, type SaslClientOptions, saslClient } from "./client.ts";
export { type SaslKeyCache, saslKeyCache } from "./derive.ts";
export { SaslError, type SaslErrorCode, SaslProtocolError, type SaslProtocolErrorCode } from "./errors.ts";
export { saslLimits, scramIterations } from "./limits.ts";
export type * from "./mechanism.ts";
export { saslMechanisms } from "./mechanisms/table.ts";
export { saslprep } from "./saslprep/saslprep.ts";
export { deriveScramSecret, makeScramSecret, type ScramSecretOptions } from "./scram/keys.ts";
export { type SaslServer, type SaslServerOptions, type SaslServerReply, saslServer } from "./server.ts";
