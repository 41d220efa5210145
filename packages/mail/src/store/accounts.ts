import { type AvatarType, avatarType } from "@hawser/auth/protocol";
import type { MailAccount } from "./store.ts";

/** What POP3 and IMAP ask the portal for: a user's mail. `realm(mailAccounts, ({ name }) => store.account(name))`. */
export const mailAccounts: AvatarType<MailAccount> = avatarType<MailAccount>("mail");
