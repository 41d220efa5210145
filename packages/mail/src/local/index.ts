/**
 * A developer's mail server: takes everything, shows it, waits for it, and complains of what breaks an RFC.
 *
 * @packageDocumentation
 */
export type { MailComplaint, MailComplaintLevel } from "./complaints/complaint.ts";
export { complaintsAbout } from "./complaints/complaints.ts";
export { type MailComplaintCode, type MailComplaintRule, mailComplaintRules } from "./complaints/rules.ts";
export type { MailComplaintFacts } from "./complaints/source.ts";
export { MailLocalError, type MailLocalErrorCode } from "./errors.ts";
export { type MailLocalFailure, type MailLocalStage, parseMailFailure } from "./failures.ts";
export * from "./limits.ts";
export { mailLocal } from "./local.ts";
export type { MailLocal, MailLocalChange } from "./mail-local.ts";
export type * from "./message.ts";
export type { MailLocalOptions, MailLocalPlaces } from "./options.ts";
export type { MailLocalQuery } from "./query.ts";
export type { MailLocalReleased } from "./release.ts";
