/**
 * The reactor kind `node`: the operating system's sockets, processes, threads and time.
 *
 * @packageDocumentation
 */
export { type CertificateFiles, type CertificateFilesOptions, certificateFiles } from "./certificates.ts";
export type { DescriptorPressure } from "./descriptors.ts";
export type { DiskLinks } from "./disk-root.ts";
export { type DiskTreeOptions, diskTree } from "./disk-tree.ts";
export { type SystemdSocket, systemdSockets } from "./inherited.ts";
export { systemNames, useNames } from "./names.ts";
export { makeNodeReactor, nodeReactor } from "./reactor.ts";
export { stdioTransport } from "./stdio.ts";
export { secureLink } from "./tls-later.ts";
