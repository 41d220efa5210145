export { type CertificateOptions, type CertificateText, selfSignedCertificate } from "./certificates.ts";
export * from "./file-tree-contract.ts";
export * from "./manual-clock.ts";
export { RecordingReceiver } from "./recording-receiver.ts";
