import { parse, resolve } from "node:path";
import type { ConnectContext } from "../connecting/context.ts";
import type { Reactor } from "../reactor.ts";
import type { KeyPair, TlsClientOptions, TlsServerOptions } from "../security.ts";
import type { ListenContext } from "./listen-plan.ts";
import { fromSystem } from "./system.ts";
import type { TlsEndpoint } from "./tls.ts";

/** Certificates that can be looked up by name, and read again. */
export interface CertificateStore {
  keyPair(serverName: string | undefined): KeyPair | undefined;
  reload(): Promise<void>;
}

/** Reads a certificate and its key; both may be in one file. */
export type ReadCertificates = (files: {
  readonly cert: string;
  readonly key?: string | undefined;
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

/** Chooses from several certificates: the first store that knows the name. */
async function keyPairs(
  { cert, key }: TlsEndpoint,
  read: ReadCertificates,
): Promise<(serverName: string | undefined) => KeyPair | undefined> {
  if (cert === undefined) throw new TypeError("Cannot use TLS without a certificate: add cert=FILE");
  if (key !== undefined && key.length !== cert.length)
    throw new TypeError(
      `Cannot use TLS with ${cert.length} certificates and ${key.length} keys: give one key for each`,
    );
  const stores = await Promise.all(cert.map((file, i) => read({ cert: file, key: key?.[i] })));
  return (serverName) => {
    for (const store of stores) {
      const pair = store.keyPair(serverName);
      if (pair !== undefined) return pair;
    }
    return undefined;
  };
}

const readCertificateFiles: ReadCertificates = async (files) => (await fromSystem("certificateFiles"))(files);

async function readAll(reactor: Reactor, paths: readonly string[] | undefined): Promise<Uint8Array[] | undefined> {
  return paths && Promise.all(paths.map((path) => readFile(reactor, path)));
}

/** Reads from the root of the reactor's files, because links may lead from one folder of authorities to another. */
function readFile(reactor: Reactor, path: string): Promise<Uint8Array> {
  const absolute = resolve(path);
  const { root } = parse(absolute);
  return reactor.files(root).readFile(absolute.slice(root.length));
}
