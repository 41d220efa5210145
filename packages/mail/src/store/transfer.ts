import { type ReadMboxOptions, readMbox } from "./mbox/read.ts";
import type { MailAccount, MailFolder, NewMail } from "./store.ts";

/** Messages and octets that are added at once: enough that few waits for the medium remain. */
const batchMessages = 50;
const batchOctets = 8_388_608;

/** Adds the messages of an mbox to a folder, which is there. Gives how many they were. @throws {MboxError, MailStoreError} */
export async function importMbox(
  account: MailAccount,
  folder: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadMboxOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const batch = new MailBatch(account, folder, options.signal);
  for await (const { content, flags, receivedAt } of readMbox(source, options))
    await batch.add({ content: [content], flags, receivedAt }, content.length);
  await batch.write();
  return batch.count;
}

/**
 * Copies all folders of an account with their messages, flags and times, subscriptions and uses into another, of whatever store: from Maildir
 * to Maildir, or into memory. What is there stays. Gives how many messages they were.
 * @throws {MailStoreError}
 */
export async function copyMail(
  from: MailAccount,
  to: MailAccount,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  let count = 0;
  const there = new Set((await to.folders()).filter(({ selectable }) => selectable).map(({ name }) => name));
  for (const { name, selectable, subscribed, use } of await from.folders()) {
    if (subscribed) await to.subscribe(name, true);
    if (!selectable) continue;
    if (!there.has(name) && !(await exists(to, name))) await to.create(name, { use });
    await using folder = await from.open(name, { readOnly: true });
    count += await copyFolder(folder, to, options.signal);
  }
  return count;
}

async function copyFolder(folder: MailFolder, to: MailAccount, signal: AbortSignal | undefined): Promise<number> {
  const batch = new MailBatch(to, folder.name, signal);
  for (const { uid, flags, receivedAt, octets } of folder.messages)
    await batch.add({ content: folder.read(uid), flags, receivedAt }, octets);
  await batch.write();
  return batch.count;
}

/** It may have been made with one below it. */
async function exists(account: MailAccount, name: string): Promise<boolean> {
  return (await account.folders()).some((folder) => folder.name === name && folder.selectable);
}

/** Messages that are added together. */
class MailBatch {
  readonly #account: MailAccount;
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;
  #mails: NewMail[] = [];
  #octets = 0;
  count = 0;

  constructor(account: MailAccount, folder: string, signal: AbortSignal | undefined) {
    this.#account = account;
    this.#folder = folder;
    this.#signal = signal;
  }

  async add(mail: NewMail, octets: number): Promise<void> {
    this.#mails.push(mail);
    this.#octets += octets;
    if (this.#mails.length >= batchMessages || this.#octets >= batchOctets) await this.write();
  }

  async write(): Promise<void> {
    const { uids } = await this.#account.append(this.#folder, this.#mails, { signal: this.#signal });
    this.count += uids.length;
    this.#mails = [];
    this.#octets = 0;
  }
}
