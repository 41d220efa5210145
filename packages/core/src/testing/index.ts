/**
 * What tests of protocols, transports and servers are made of.
 *
 * @packageDocumentation
 */

export { defaultSeed, replayCommand, type Seed, type SeedsOptions, seeds } from "../simulation/seeds.ts";
export {
  formatTranscript,
  parseTranscript,
  type TranscriptSpeaker,
  type TranscriptStep,
} from "../transcript-notation.ts";
export { type CertificateOptions, type CertificateText, selfSignedCertificate } from "./certificates.ts";
export { type DatagramTraits, datagramContract, type WithDatagramReactor } from "./datagram-contract.ts";
export * from "./file-tree-contract.ts";
export * from "./manual-clock.ts";
export { RecordingReceiver } from "./recording-receiver.ts";
export { playTranscript, type TranscriptSubject, transcripts } from "./transcripts.ts";
export { type TransportTraits, transportContract, type WithTransportPair } from "./transport-contract.ts";
export { closePair, connectPair, type PairSecurity, type TransportPair } from "./transport-pair.ts";
