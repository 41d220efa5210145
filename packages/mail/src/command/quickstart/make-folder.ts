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
  try {
    const tree = await folderFor(plan, reactor);
    const password = makePassword(reactor.random);
    const { files, records } = contents(plan, reactor.clock.wall());
    await addUser(`${plan.dir}/users`, plan.user, password, { reactor });
    for (const file of files) await writeNew(tree, file);
    return { files: ["users", ...files.map(({ name }) => name)], password, records };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UsageError(`cannot make ${quote(plan.dir)}: ${fileFault(error)}`, { cause: error });
  }
}

/** What lies in the folder when it is made. */
const names = ["users", "aliases", "dkim", "records.zone", "hawser.config.ts"];

function contents(
  plan: MailQuickstart,
  nowMs: number,
): { readonly files: readonly NewFile[]; readonly records: readonly MailDnsRecord[] } {
  const keys = dkimKeys(plan, nowMs);
  const records = mailDnsRecords({
    domain: plan.domain,
    host: plan.hostname,
    addresses: plan.address,
    dkim: keys.map(dkimDnsRecord),
  });
  const files = [
    { name: "aliases", text: aliasesText(plan), mode: 0o644 },
    ...keys.map(({ selector, privateKey }) => ({ name: `dkim/${selector}.pem`, text: privateKey, mode: 0o600 })),
    { name: "records.zone", text: formatMailDnsZone(records, plan.domain), mode: 0o644 },
    { name: "hawser.config.ts", text: configurationText(plan, keys), mode: 0o644 },
  ];
  return { files, records };
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
async function folderFor({ dir }: MailQuickstart, reactor: Reactor): Promise<FileTree> {
  const folder = await makeNamedFolder(reactor, dir);
  const others = (await folder.list("")).map(({ name }) => name);
  const taken = names.find((name) => others.includes(name));
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
