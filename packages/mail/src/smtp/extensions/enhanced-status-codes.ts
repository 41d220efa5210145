import type { SmtpExtension } from "../extension.ts";

/** Class, subject and detail in every reply (RFC 2034, RFC 3463). */
export const enhancedStatusCodesExtension: SmtpExtension = { keyword: "ENHANCEDSTATUSCODES", offer: () => "" };
