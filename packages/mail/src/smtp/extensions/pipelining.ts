import type { SmtpExtension } from "../extension.ts";

/** Several commands in one write (RFC 2920). The machine reads them so; this tells clients. */
export const pipeliningExtension: SmtpExtension = { keyword: "PIPELINING", offer: () => "" };
