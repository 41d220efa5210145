import type { DigestAlgorithm } from "@hawser/auth/protocol";
import type { LoginMemoryOptions } from "./login-memory.ts";
import type { HttpLoginSchemeName } from "./scheme.ts";

/** How {@link withLogin} asks who somebody is. */
export interface LoginOptions extends LoginMemoryOptions {
  /** What people are told they log in to. Secrets of Digest are for one realm. 1 to 128 ASCII characters. Default `Hawser`. */
  readonly realm?: string | undefined;
  /**
   * What is offered of what the portal can judge. Default: Bearer and Basic; and Digest where every password is kept in clear:
   * a browser that is offered Digest tries nothing else, so elsewhere name it only when every user has a secret for it.
   */
  readonly schemes?: readonly HttpLoginSchemeName[] | undefined;
  /** Offered in this order. Default SHA-256 alone; old clients know MD5 only. */
  readonly digestAlgorithms?: readonly DigestAlgorithm[] | undefined;
  /** How long a nonce of Digest is good; an older one is replaced without asking anybody. Default 300,000 ms. */
  readonly nonceLifetimeMs?: number | undefined;
  /** Takes passwords and tokens that can be read on the way. Default false: only on TLS, from loopback, and on UNIX sockets. */
  readonly allowPlainText?: boolean | undefined;
}
