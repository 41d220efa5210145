import { parse, resolve } from "node:path";
import type { ConnectContext } from "../connecting/context.ts";
import { ConnectionError } from "../errors.ts";
import type { Reactor } from "../reactor.ts";
import type { KeyPair, TlsClientOptions, TlsServerOptions } from "../security.ts";
import type { ListenContext } from "./listen-plan.ts";
import type { TlsEndpoint } from "./tls.ts";

/** Certificates that can be looked up by name, and read again. */
export interface CertificateStore {
  keyPair(serverName: string | undefined): KeyPair | undefined;
  reload(): Promise<void>;
}

/** Reads certificates and their keys, which may be in the same files. */
export type ReadCertificates = (files: {
  readonly cert: readonly string[];
  readonly key?: readonly string[] | undefined;
  /** Notice when the files have changed, so that a renewed certificate needs no restart. */
  readonly reload?: boolean | undefined;
}) => Promise<CertificateStore>;

/** What a `tls:` endpoint says, as the server's side of TLS. Files are read before the first connection comes. */
export async function tlsServerOptions(endpoint: TlsEndpoint, context: ListenContext): Promise<TlsServerOptions> {
  const { options, reactor } = context;
  const asked = endpoint.clientCa === undefined ? "none" : "required";
  return {
    side: "server",
    keyPair: options.keyPair ?? (await keyPairs(endpoint, options.readCertificates ?? readCertificateFiles)),
    alpn: endpoint.alpn ?? options.alpn,
    clientCertificate: endpoint.clientCert ?? asked,
    ca: await readAll(reactor, endpoint.clientCa),
    versionMin: endpoint.versionMin,
    handshakeTimeoutMs: options.handshakeTimeoutMs,
  };
}

/** What a `tls:` endpoint says, as the client's side of TLS. */
export async function tlsClientOptions(
  endpoint: TlsEndpoint,
  host: string,
  { options, reactor }: ConnectContext,
): Promise<TlsClientOptions> {
  const own = options.tls ?? {};
  return {
    ...own,
    side: "client",
    serverName: endpoint.serverName ?? own.serverName ?? host,
    alpn: endpoint.alpn ?? own.alpn,
    verify: endpoint.verify ?? own.verify,
    ca: (await readAll(reactor, endpoint.ca)) ?? own.ca,
    keyPair: endpoint.cert === undefined ? own.keyPair : (await keyPairs(endpoint, readCertificateFiles))(undefined),
    versionMin: endpoint.versionMin ?? own.versionMin,
  };
}

async function keyPairs(
  { cert, key }: TlsEndpoint,
  read: ReadCertificates,
): Promise<(serverName: string | undefined) => KeyPair | undefined> {
  if (cert === undefined)
    throw new ConnectionError("bad-certificate", "Cannot use TLS without a certificate: add cert=FILE");
  const store = await read({ cert, key, reload: true });
  return (serverName) => store.keyPair(serverName);
}

const readCertificateFiles: ReadCertificates = async (files) => {
  const { certificateFiles } = await import("../node/certificates.ts");
  return certificateFiles(files);
};

async function readAll(reactor: Reactor, paths: readonly string[] | undefined): Promise<Uint8Array[] | undefined> {
  return paths && Promise.all(paths.map((path) => readFile(reactor, path)));
}

/** Reads from the root of the reactor's files, because links may lead from one folder of authorities to another. */
function readFile(reactor: Reactor, path: string): Promise<Uint8Array> {
  const absolute = resolve(path);
  const { root } = parse(absolute);
  return reactor.files(root).readFile(absolute.slice(root.length));
}
