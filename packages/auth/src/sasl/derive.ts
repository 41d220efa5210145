import { createHash, pbkdf2, pbkdf2Sync } from "node:crypto";
import { promisify } from "node:util";
import type { Reactor } from "@hawser/core";
import { scramHashOctets } from "./limits.ts";
import type { SaslDerivation } from "./mechanism.ts";

const pbkdf2Beside = promisify(pbkdf2);

/**
 * Derives a key by PBKDF2, which may take seconds. In real time it runs beside the event loop, in the pool of node:crypto.
 * A simulation derives at once: work beside the loop ends after a number of turns that no seed decides, and would make
 * every run another one.
 */
export async function deriveSaslKey(reactor: Reactor, asked: Omit<SaslDerivation, "type">): Promise<Uint8Array> {
  const { password, salt, iterations, hash } = asked;
  const octets = scramHashOctets[hash];
  if (reactor.kind === "simulation") return pbkdf2Sync(password, salt, iterations, octets, hash);
  return pbkdf2Beside(password, salt, iterations, octets, hash);
}

/** Keys that were derived before: a client that connects again need not work again. See {@link saslKeyCache}. */
export interface SaslKeyCache {
  get(asked: Omit<SaslDerivation, "type">): Uint8Array | undefined;
  set(asked: Omit<SaslDerivation, "type">, key: Uint8Array): void;
}

/** Keeps the keys derived last, of `keysMax` passwords and salts (default 8). They are as secret as the passwords. */
export function saslKeyCache(keysMax = 8): SaslKeyCache {
  const keys = new Map<string, Uint8Array>();
  return {
    get: (asked) => keys.get(fingerprint(asked)),
    set(asked, key) {
      keys.set(fingerprint(asked), key);
      if (keys.size > keysMax) keys.delete(keys.keys().next().value!);
    },
  };
}

function fingerprint({ hash, password, salt, iterations }: Omit<SaslDerivation, "type">): string {
  const what = JSON.stringify([hash, iterations, Buffer.from(salt).toString("base64"), password]);
  return createHash("sha256").update(what).digest("base64");
}
