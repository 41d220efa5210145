import type { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { ConnectionError, quote } from "../errors.ts";
import { reportFault } from "../faults.ts";
import { builtIn } from "../process-calls.ts";
import { realClock } from "../real/clock.ts";
import type { KeyPair } from "../security.ts";

/** Where certificates and their keys are. */
export interface CertificateFilesOptions {
  /** PEM files: a certificate, the chain behind it, and the key unless `key` is given. The first is shown to who asks for no name of ours. */
  readonly cert: string | readonly string[];
  /** PEM files of the keys, in the order of `cert`. Default: the keys are in `cert`. */
  readonly key?: string | readonly string[] | undefined;
  /** Look whether the files have changed, at most once a second, when a handshake comes. Default false. */
  readonly reload?: boolean | undefined;
}

/** Certificates of a server, chosen by the name a client asks for. */
export interface CertificateFiles {
  /** For {@link TlsServerOptions.keyPair}: the first whose names (wildcards too, RFC 9525 §6.3) include the one asked for, or else the first of all. */
  readonly keyPair: (serverName: string | undefined) => KeyPair;
  /** Reads the files again. When that fails it rejects, and the certificates that were good before stay in use. */
  reload(): Promise<void>;
}

const checkEveryMs = 1_000;

/**
 * Reads the certificates of a server.
 * @throws {ConnectionError} `bad-certificate`: a file is missing, holds no certificate or key, or the two do not belong together
 */
export async function certificateFiles(options: CertificateFilesOptions): Promise<CertificateFiles> {
  const files = new WatchedCertificates(options);
  await files.reload();
  return files;
}

class WatchedCertificates implements CertificateFiles {
  readonly #paths: readonly FilePair[];
  readonly #watch: boolean;
  #loaded: readonly LoadedCertificate[] = [];
  #version = "";
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CertificateFilesOptions) {
    this.#paths = filePairs(options);
    this.#watch = options.reload ?? false;
  }

  readonly keyPair = (serverName: string | undefined): KeyPair => {
    if (this.#watch) this.#checkSoon();
    const named = serverName === undefined ? undefined : this.#loaded.find(({ x509 }) => x509.checkHost(serverName));
    return (named ?? this.#loaded[0]!).pair;
  };

  async reload(): Promise<void> {
    const version = await this.#readVersion();
    this.#loaded = await Promise.all(this.#paths.map(load));
    this.#version = version;
  }

  /** Beside the handshake, not before it: this one still gets the certificate we have. */
  #checkSoon(): void {
    const now = realClock.now();
    if (now - this.#checkedAtMs < checkEveryMs) return;
    this.#checkedAtMs = now;
    void this.#check();
  }

  async #check(): Promise<void> {
    try {
      if ((await this.#readVersion()) !== this.#version) await this.reload();
    } catch (error) {
      reportFault(error, "certificateFiles");
    }
  }

  /** Changes when a file does. */
  async #readVersion(): Promise<string> {
    const paths = this.#paths.flatMap(({ cert, key }) => [cert, key]);
    const found = await Promise.all(paths.map((path) => stat(path).catch((cause: unknown) => unreadable(path, cause))));
    return found.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join();
  }
}

interface FilePair {
  readonly cert: string;
  readonly key: string;
}

interface LoadedCertificate {
  readonly pair: KeyPair;
  readonly x509: X509Certificate;
}

function filePairs(options: CertificateFilesOptions): readonly FilePair[] {
  const certs = [options.cert].flat();
  const keys = options.key === undefined ? certs : [options.key].flat();
  if (certs.length === 0) throw new TypeError("Cannot use certificates: no file is named");
  if (certs.length !== keys.length)
    throw new TypeError(`Cannot use certificates: ${certs.length} certificates have ${keys.length} keys`);
  return certs.map((cert, index) => ({ cert, key: keys[index]! }));
}

async function load({ cert, key }: FilePair): Promise<LoadedCertificate> {
  const certificate = await readPem(cert);
  const keyText = key === cert ? certificate : await readPem(key);
  if (!/-----BEGIN [A-Z ]*CERTIFICATE-----/.test(certificate)) throw unusable(cert, "it holds no certificate");
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(keyText))
    throw unusable(
      cert,
      key === cert ? "it holds no private key, and no key file is named" : `${quote(key)} holds no private key`,
    );
  const { createPrivateKey, X509Certificate } = builtIn("node:crypto");
  const x509 = parse(cert, () => new X509Certificate(certificate));
  const privateKey = parse(key, () => createPrivateKey(keyText));
  if (!x509.checkPrivateKey(privateKey))
    throw unusable(cert, `the key in ${quote(key)} belongs to another certificate`);
  return { pair: { certificate, key: keyText }, x509 };
}

function readPem(path: string): Promise<string> {
  return readFile(path, "latin1").catch((cause: unknown) => unreadable(path, cause));
}

function parse<Parsed>(path: string, read: () => Parsed): Parsed {
  try {
    return read();
  } catch (cause) {
    throw unusable(path, (cause as Error).message, cause);
  }
}

const readErrors: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOENT: "no such file",
};

function unreadable(path: string, cause: unknown): never {
  throw unusable(path, readErrors[(cause as NodeJS.ErrnoException).code ?? ""] ?? String(cause), cause);
}

function unusable(path: string, reason: string, cause?: unknown): ConnectionError {
  return new ConnectionError("bad-certificate", `Cannot use certificate ${quote(path)}: ${reason}`, { cause });
}
