import type { SmtpExtension } from "../extension.ts";
import { authExtension } from "./auth.ts";
import { binaryMimeExtension } from "./binary-mime.ts";
import { chunkingExtension } from "./chunking.ts";
import { dsnExtension } from "./dsn.ts";
import { eightBitMimeExtension } from "./eight-bit-mime.ts";
import { enhancedStatusCodesExtension } from "./enhanced-status-codes.ts";
import { limitsExtension } from "./limits.ts";
import { pipeliningExtension } from "./pipelining.ts";
import { sizeExtension } from "./size.ts";
import { smtpUtf8Extension } from "./smtp-utf8.ts";
import { startTlsExtension } from "./starttls.ts";
import { xclientExtension } from "./xclient.ts";

/** All there are, in the order in which EHLO tells them. Leave one out, and nobody hears of it. */
export const smtpExtensions: readonly SmtpExtension[] = [
  pipeliningExtension,
  sizeExtension,
  startTlsExtension,
  authExtension,
  enhancedStatusCodesExtension,
  eightBitMimeExtension,
  smtpUtf8Extension,
  dsnExtension,
  chunkingExtension,
  binaryMimeExtension,
  limitsExtension,
  xclientExtension,
];
