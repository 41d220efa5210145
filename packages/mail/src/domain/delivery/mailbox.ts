import { deliverMail } from "../../store/deliver.ts";
import type { MailAccount, MailStore } from "../../store/store.ts";
import type { MailDestination } from "../domain.ts";

/** The destination that is a mailbox. */
export type MailboxDestination = Extract<MailDestination, { type: "mailbox" }>;

/** How a message comes into a mailbox. */
export interface MailboxDelivery {
  /** With `Return-Path`, `Delivered-To` and `Received` before it. */
  readonly content: AsyncIterable<Uint8Array>;
  /** It goes into the folder for junk, which is made where there is none. Default false. */
  readonly isJunk?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings a message into a mailbox: into the folder that the address wishes for, where there is one, in any case of letters;
 * else into `INBOX`. When this resolves it is there to stay.
 * @throws {MailStoreError}
 */
export async function deliverToMailbox(
  store: MailStore,
  { user, folder: wished }: MailboxDestination,
  { content, isJunk = false, signal }: MailboxDelivery,
): Promise<void> {
  const account = await store.account(user);
  const folder = isJunk ? await junkFolder(account) : await wishedFolder(account, wished);
  await deliverMail(account, content, { folder, createFolder: isJunk, signal });
}

async function junkFolder(account: MailAccount): Promise<string> {
  return (await account.folders()).find(({ use, selectable }) => use === "junk" && selectable)?.name ?? "Junk";
}

async function wishedFolder(account: MailAccount, wished: string | undefined): Promise<string | undefined> {
  if (wished === undefined) return undefined;
  const folders = (await account.folders()).filter(({ selectable }) => selectable);
  const lower = wished.toLowerCase();
  const found = folders.find(({ name }) => name === wished) ?? folders.find(({ name }) => name.toLowerCase() === lower);
  return found?.name;
}
