import { folderName, inbox } from "./names.ts";
import type { AppendedMail, MailAccount, MailFlag, NewMail } from "./store.ts";

/** Where a message is delivered to. */
export interface DeliverMailOptions {
  /** Default `INBOX`. */
  readonly folder?: string | undefined;
  /** Makes the folder when there is none. Default false: the message goes to `INBOX`, since anybody may write to `alice+folder`. */
  readonly createFolder?: boolean | undefined;
  readonly flags?: Iterable<MailFlag> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where it went. */
export interface DeliveredMail extends AppendedMail {
  readonly folder: string;
}

/**
 * Brings one message into a mailbox, as LMTP and local delivery do; `Return-Path` and `Delivered-To` are in it already. When this
 * resolves the message is there to stay.
 * @throws {MailStoreError} `over-quota`, `too-large`, `bad-name`, `unavailable`
 */
export async function deliverMail(
  account: MailAccount,
  content: NewMail["content"],
  options: DeliverMailOptions = {},
): Promise<DeliveredMail> {
  const folder = await folderFor(account, folderName(options.folder ?? inbox), options.createFolder === true);
  const appended = await account.append(folder, [{ content, flags: options.flags }], { signal: options.signal });
  return { ...appended, folder };
}

async function folderFor(account: MailAccount, name: string, createFolder: boolean): Promise<string> {
  if (name === inbox) return inbox;
  const isThere = (await account.folders()).some((folder) => folder.name === name && folder.selectable);
  if (!isThere && !createFolder) return inbox;
  if (!isThere) await account.create(name).catch(unlessExists);
  return name;
}

/** Another delivery may have made it just now. */
function unlessExists(error: unknown): void {
  if ((error as { code?: unknown }).code !== "folder-exists") throw error;
}
