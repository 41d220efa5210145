import type { MailField, MailHeader } from "@hawser/mime";

/** What a message that is junk says of itself on its way through the queue; filters for spam write it too. */
export const junkField: MailField = { name: "X-Spam-Flag", octets: "X-Spam-Flag: YES\r\n" };

/** Whether somebody has called it junk. A sender who writes so reaches the folder for junk, and nothing else. */
export function isJunk(header: MailHeader): boolean {
  return header.all(junkField.name).some((text) => text.toLowerCase() === "yes");
}
