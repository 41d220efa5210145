export { type CertificateOptions, type CertificateText, selfSignedCertificate } from "./certificates.ts";
/**
 * What tests of protocols, transports and servers are made of.
 *
 * @packageDocumentation
 */
export { type DatagramTraits, datagramContract, type WithDatagramReactor } from "./datagram-contract.ts";
export * from "./file-tree-contract.ts";
export * from "./manual-clock.ts";
export { RecordingReceiver } from "./recording-receiver.ts";
export { defaultSeed, type Seed, type SeedsOptions, seeds } from "./seeds.ts";
export { type TransportTraits, transportContract, type WithTransportPair } from "./transport-contract.ts";
export { closePair, connectPair, type PairSecurity, type TransportPair } from "./transport-pair.ts";
