export { type CertificateOptions, type CertificateText, selfSignedCertificate } from "./certificates.ts";
export { RecordingReceiver } from "./recording-receiver.ts";
