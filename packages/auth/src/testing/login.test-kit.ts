import type { Reactor } from "@hawser/core";
import type { Checker, Credentials, CredentialsKind, LoginContext, Verdict } from "../credentials.ts";
import { PasswordHasher } from "../hashing/password-hasher.ts";

/** What is cheap enough for hundreds of hashes in a test. */
export const cheapCost = { ln: 4, r: 8, p: 1 } as const;

export function cheapHasher(reactor: Reactor): PasswordHasher {
  return new PasswordHasher(reactor, { cost: cheapCost });
}

/** A context of a peer with this address. */
export function from(host: string, more: Partial<LoginContext> = {}): LoginContext {
  return { protocol: "test", peer: { family: host.includes(":") ? "ipv6" : "ipv4", host, port: 1024 }, ...more };
}

export function password(user: string, text: string): Credentials {
  return { kind: "password", user, password: text };
}

/** A checker that says what a function says, and counts how often it was asked. */
export function told(
  verdict: (credentials: Credentials) => Verdict["type"] | Promise<Verdict["type"]>,
  {
    kinds = ["password"],
    next = ["code"],
  }: { kinds?: readonly CredentialsKind[]; next?: readonly CredentialsKind[] } = {},
): Checker & { asked: number; stalled: number } {
  return {
    kinds,
    asked: 0,
    stalled: 0,
    async check(credentials): Promise<Verdict> {
      this.asked++;
      const type = await verdict(credentials);
      const user = { name: "user" in credentials ? (credentials.user ?? "") : "", groups: [], attributes: {} };
      if (type === "accepted") return { type, user };
      return type === "partial" ? { type, user, next } : { type };
    },
    async stall() {
      this.stalled++;
    },
  };
}
