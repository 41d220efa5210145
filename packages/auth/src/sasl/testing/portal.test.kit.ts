import { createHash } from "node:crypto";
import type { Reactor } from "@hawser/core";
import type { Checker, Credentials, CredentialsKind, Secret, SecretRequest, User } from "../../credentials.ts";
import { LoginError } from "../../errors.ts";
import type { AvatarType, Login, Portal } from "../../portal.ts";
import { makeScramSecret } from "../scram/keys.ts";

/** What a test's portal knows, and what has been asked of it. */
export interface TestPortal extends Portal {
  /** What happened, in few words: `login password alice`, `secret scram alice`, `reject alice`, `logout alice`. */
  readonly events: string[];
}

/** What {@link testPortal} lets in, and what it can tell. */
export interface TestPortalOptions {
  readonly users?: Readonly<Record<string, string>> | undefined;
  readonly tokens?: Readonly<Record<string, string>> | undefined;
  readonly certificates?: Readonly<Record<string, string>> | undefined;
  readonly kinds?: readonly CredentialsKind[] | undefined;
  readonly secrets?: readonly SecretRequest["kind"][] | undefined;
  readonly iterations?: number | undefined;
  /** Held up before every answer. */
  readonly before?: (() => Promise<void>) | undefined;
}

/** A portal with users in memory: passwords by user, users by token and by the text of a certificate. */
export function testPortal(reactor: Reactor, options: TestPortalOptions = {}): TestPortal {
  const {
    users = { alice: "wonderland" },
    tokens = { "t0ken~": "alice" },
    certificates = { "cert of alice": "alice" },
  } = options;
  const events: string[] = [];
  const secret = (user: string, request: SecretRequest) => secretFor(user, users[user], request, options.iterations);
  const source: Checker = {
    kinds: [],
    check: () => Promise.reject(new Error("not asked here")),
  };

  const userOf = (credentials: Credentials): string | undefined => {
    switch (credentials.kind) {
      case "password":
        return users[credentials.user] === credentials.password ? credentials.user : undefined;
      case "anonymous":
        return "";
      case "bearer": {
        const user = tokens[credentials.token];
        return credentials.user === undefined || credentials.user === user ? user : undefined;
      }
      case "certificate":
        return certificates[Buffer.from(credentials.certificate).toString()];
      case "proven":
        return credentials.source === source ? credentials.user : undefined;
      default:
        return undefined;
    }
  };

  return {
    events,
    reactor,
    kinds: new Set(options.kinds ?? ["password", "anonymous", "bearer", "certificate", "proven"]),
    secrets: new Set(options.secrets ?? ["scram", "plain", "digest"]),
    async login<Avatar>(credentials: Credentials, wanted: AvatarType<Avatar>): Promise<Login<Avatar>> {
      await options.before?.();
      const name = userOf(credentials);
      const shown = "user" in credentials ? ` ${credentials.user}` : "";
      events.push(`login ${credentials.kind}${shown}`);
      if (name === undefined) throw new LoginError("bad-credentials", "Cannot log in: wrong");
      if (wanted.name === "nothing") throw new LoginError("no-avatar", "Cannot log in: no such avatar");
      return loginOf({ name, groups: [], attributes: {} }, () => events.push(`logout ${name}`));
    },
    attempt: () => ({ present: () => Promise.reject(new Error("not asked here")) }),
    async secret(user, request) {
      await options.before?.();
      events.push(`secret ${request.kind} ${user}`);
      const found = secret(user, request);
      return found === undefined ? undefined : { secret: found, source };
    },
    async reject(user) {
      events.push(`reject ${user}`);
    },
    close: async () => {},
  };
}

function loginOf<Avatar>(user: User, left: () => void): Login<Avatar> {
  let out = false;
  const logout = async () => {
    if (!out) left();
    out = true;
  };
  return { user, avatar: user as unknown as Avatar, logout, [Symbol.asyncDispose]: logout };
}

function secretFor(
  user: string,
  password: string | undefined,
  request: SecretRequest,
  iterations = 4_096,
): Secret | undefined {
  if (password === undefined) return undefined;
  if (request.kind === "plain") return { kind: "plain", password };
  if (request.kind === "scram") {
    const { hash } = request;
    const salt = createHash("sha256").update(user).digest().subarray(0, 16);
    // Fewer than are allowed are for tests of what becomes of such a secret.
    return { ...makeScramSecret(password, { hash, salt, iterations: Math.max(iterations, 4_096) }), iterations };
  }
  const { realm, algorithm } = request;
  const name = { MD5: "md5", "SHA-256": "sha256", "SHA-512-256": "sha512-256" }[algorithm];
  return {
    kind: "digest",
    algorithm,
    realm,
    hash: createHash(name).update(`${user}:${realm}:${password}`).digest("hex"),
  };
}
