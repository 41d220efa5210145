import { addUser, makePassword } from "@hawser/auth";
import { FileError, type FileTree, quote, type Reactor, UsageError } from "@hawser/core";
import type { MailDnsRecord } from "../../check-dns/record.ts";
import { mailDnsRecords } from "../../check-dns/records.ts";
import { formatMailDnsZone } from "../../check-dns/zone-text.ts";
import { type DkimKey, dkimDnsRecord, generateDkimKey } from "../../sender/dkim/keys.ts";
import { fileFault, makeFolder, makeNamedFolder } from "../named-files.ts";
import { aliasesText, configurationText } from "./file-texts.ts";
import type { MailQuickstart } from "./plan.ts";

/** What was made. */
export interface MadeMailFolder {
  /** Paths below the folder. */
  readonly files: readonly string[];
  readonly password: string;
  readonly records: readonly MailDnsRecord[];
}

/**
 * Makes the folder of a mail domain. Its configuration is written last: what was interrupted starts nothing.
 * @throws {UsageError} when something of it is there already, or cannot be written
 */
export async function makeMailFolder(plan: MailQuickstart, reactor: Reactor): Promise<MadeMailFolder> {
  const keys = dkimKeys(plan, reactor.clock.wall());
  const records = mailDnsRecords({
    domain: plan.domain,
    host: plan.hostname,
    addresses: plan.address,
    dkim: keys.map(dkimDnsRecord),
  });
  const password = makePassword(reactor.random);
  const files: readonly NewFile[] = [
    { name: "aliases", text: aliasesText(plan), mode: 0o644 },
    ...keys.map(({ selector, privateKey }) => ({ name: `dkim/${selector}.pem`, text: privateKey, mode: 0o600 })),
    { name: "records.zone", text: formatMailDnsZone(records, plan.domain), mode: 0o644 },
    { name: "hawser.config.ts", text: configurationText(plan, keys), mode: 0o644 },
  ];
  try {
    const tree = await folderFor(plan, reactor, ["users", ...files.map(({ name }) => name)]);
    await addUser(`${plan.dir}/users`, plan.user, password, { reactor });
    for (const file of files) await writeNew(tree, file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UsageError(`cannot make ${quote(plan.dir)}: ${fileFault(error)}`, { cause: error });
  }
  return { files: ["users", ...files.map(({ name }) => name)], password, records };
}

interface NewFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

interface NewDkimKey extends DkimKey {
  readonly privateKey: string;
}

/** One that everybody knows, and one that is small: selectors have the year, since keys are changed now and then. */
function dkimKeys({ domain }: MailQuickstart, nowMs: number): readonly NewDkimKey[] {
  const year = new Date(nowMs).getUTCFullYear();
  return (["rsa", "ed25519"] as const).map((type) => {
    return { domain, selector: `${type}-${year}`, privateKey: generateDkimKey(type) };
  });
}

/** The folder, for its owner alone where it is new. @throws {UsageError} when one of the files is there, or another configuration */
async function folderFor({ dir }: MailQuickstart, reactor: Reactor, names: readonly string[]): Promise<FileTree> {
  const folder = await makeNamedFolder(reactor, dir);
  const others = (await folder.list("")).map(({ name }) => name);
  const taken = names.map((name) => name.split("/")[0]!).find((name) => others.includes(name));
  const there = taken ?? others.find((name) => name.startsWith("hawser.config."));
  if (there !== undefined) throw new UsageError(`cannot make ${quote(`${dir}/${there}`)}: it is there already`);
  await makeFolder(folder, "dkim");
  await folder.setAttributes("dkim", { mode: 0o700 });
  return folder;
}

async function writeNew(tree: FileTree, { name, text, mode }: NewFile): Promise<void> {
  await using file = await tree.open(name, { write: true, create: "exclusive", mode });
  await file.write(0, Buffer.from(text));
}
