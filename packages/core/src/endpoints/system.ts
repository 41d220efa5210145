import type { Reactor } from "../reactor.ts";
import type { Transport, WaterMarks } from "../transport.ts";
import type { CertificateStore } from "./tls-options.ts";

/** What endpoints take from the operating system beside the network: loaded when an endpoint first wants it. */
interface EndpointSystem {
  certificateFiles(files: { readonly cert: string; readonly key?: string | undefined }): Promise<CertificateStore>;
  stdioTransport(reactor: Reactor, marks?: WaterMarks | undefined): Transport;
  systemdSockets(): readonly { readonly fd: number; readonly name: string }[];
}

const modules = {
  certificateFiles: "../node/certificates.js",
  stdioTransport: "../node/stdio.js",
  systemdSockets: "../node/systemd.js",
} as const satisfies Record<keyof EndpointSystem, string>;

export async function fromSystem<Name extends keyof EndpointSystem>(name: Name): Promise<EndpointSystem[Name]> {
  const module = (await import(modules[name])) as Pick<EndpointSystem, Name>;
  return module[name];
}
