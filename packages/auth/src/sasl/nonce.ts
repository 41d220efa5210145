import type { Random } from "@hawser/core";

/** What comes once: 144 random bits in base64, which has no comma and here no padding. */
export function saslNonce(random: Random): string {
  return Buffer.from(random.bytes(18)).toString("base64");
}
