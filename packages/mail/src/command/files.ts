import { type Reactor, UsageError } from "@hawser/core";
import { DnsTextError, parseDnsServer } from "@hawser/dns";
import type { MailAliases } from "../domain/aliases/alias.ts";
import type { MailAliasesFile } from "../domain/aliases/file.ts";
import { mailAliasesFile } from "../domain/aliases/file.ts";
import { MailAliasError } from "../domain/errors.ts";
import { type DkimKey, readDkimKey } from "../sender/dkim/keys.ts";
import { SenderError } from "../sender/errors.ts";
import { readNamedFile } from "./named-files.ts";
import type { MailCommandValues } from "./options.ts";

/** Looks whether the files that the options name can be used. @throws {UsageError} */
export async function requireMailFiles(given: MailCommandValues, reactor: Reactor): Promise<void> {
  for (const file of [...given.tlsCert, ...given.tlsKey]) await readNamedFile(reactor, file, "use the certificate");
  await readMailAliases(given, reactor);
  await readDkimKeys(given, reactor);
  for (const server of given.nameServer) checkServer(server);
}

function checkServer(text: string): void {
  try {
    parseDnsServer(text);
  } catch (error) {
    if (!(error instanceof DnsTextError)) throw error;
    throw new UsageError(`--name-server: ${error.message}`, { cause: error });
  }
}

/** The files of aliases, each asked in turn. */
export interface CommandAliases extends MailAliases {
  /** @throws {MailAliasError} for the first that cannot be read; its aliases of before stay */
  reload(): Promise<void>;
}

/** Reads the files of aliases. @throws {UsageError} */
export async function readMailAliases(
  given: Pick<MailCommandValues, "aliases">,
  reactor: Reactor,
): Promise<CommandAliases> {
  const files: MailAliasesFile[] = [];
  for (const path of given.aliases) files.push(await mailAliasesFile(path, { reactor }).catch(asUsage(MailAliasError)));
  return {
    targets: async (name) => {
      for (const file of files) {
        const targets = await file.targets(name);
        if (targets !== undefined) return targets;
      }
      return undefined;
    },
    reload: async () => {
      for (const file of files) await file.reload();
    },
  };
}

/** The keys that sign, each for every domain. @throws {UsageError} */
export async function readDkimKeys(
  { dkim, domain, domainAlias }: Pick<MailCommandValues, "dkim" | "domain" | "domainAlias">,
  reactor: Pick<Reactor, "files">,
): Promise<readonly DkimKey[]> {
  const keys: DkimKey[] = [];
  for (const [selector, file] of dkim) {
    const pem = await readNamedFile(reactor, file, "sign with");
    for (const [name] of [...domain, ...domainAlias])
      keys.push(checkedKey({ domain: name, selector, privateKey: pem }, file));
  }
  return keys;
}

/** Read once: the same key serves every message. */
function checkedKey(key: DkimKey, file: string): DkimKey {
  try {
    return readDkimKey(key);
  } catch (error) {
    if (!(error instanceof SenderError)) throw error;
    throw new UsageError(`cannot sign with "${file}": ${error.message}`, { cause: error });
  }
}

function asUsage(expected: new (...parts: never[]) => Error): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof expected)) throw error;
    throw new UsageError(error.message, { cause: error });
  };
}
