import type { TlsServerOptions } from "@hawser/core";
import type { MailCommandValues } from "./options.ts";

/** Our certificates for STARTTLS; those of `tls:` endpoints look after themselves. */
export interface MailCertificates {
  readonly tls: Omit<TlsServerOptions, "received" | "sharedWith" | "side">;
  /** Reads them again. When that fails, those of before stay in use. @throws {ConnectionError} `bad-certificate` */
  reload(): Promise<void>;
}

/** Reads the certificates that the options name; `undefined`: they name none. @throws {ConnectionError} `bad-certificate` */
export async function mailCertificates({
  tlsCert,
  tlsKey,
}: Pick<MailCommandValues, "tlsCert" | "tlsKey">): Promise<MailCertificates | undefined> {
  if (tlsCert.length === 0) return undefined;
  const { certificateFiles } = await import("@hawser/core/node");
  const files = await certificateFiles({ cert: tlsCert, key: tlsKey.length > 0 ? tlsKey : undefined, reload: true });
  return { tls: { keyPair: (name) => files.keyPair(name) }, reload: () => files.reload() };
}
