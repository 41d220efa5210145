import type {
  AvatarType,
  Checker,
  Credentials,
  CredentialsKind,
  Login,
  LoginContext,
  Portal,
  SecretRequest,
} from "@hawser/auth";
import { LoginError, type LoginErrorCode } from "@hawser/auth";
import type { Reactor } from "@hawser/core";
import { httpDigestSecret } from "../auth/digest/response.ts";

/** A portal of a test, whose users may change, and what has been asked of it. */
export interface LoginTestPortal extends Portal {
  /** Passwords by user. */
  readonly users: Map<string, string>;
  /** `password alice`, `secret alice`, `reject alice`, `logout alice`, … */
  readonly events: string[];
  /** Refuses everybody for this reason. */
  refusal: { readonly code: LoginErrorCode; readonly retryAfterMs?: number } | undefined;
  /** How long a check takes. */
  checkMs: number;
}

/** Users `alice` with `wonderland`, and `Jäsøn` with `Secret, or not?`; token `t0ken~` and certificate `cert` are alice's. */
export function loginPortal(
  reactor: Reactor,
  kinds: readonly CredentialsKind[] = ["password"],
  secrets: readonly SecretRequest["kind"][] = [],
): LoginTestPortal {
  const users = new Map([
    ["alice", "wonderland"],
    ["J\u00e4s\u00f8n", "Secret, or not?"],
  ]);
  const events: string[] = [];
  const source: Checker = { kinds: [], check: () => Promise.reject(new Error("not asked here")) };
  const refuse = (code: LoginErrorCode) => new LoginError(code, `Cannot log in: ${code}`);

  const portal: LoginTestPortal = {
    users,
    events,
    refusal: undefined,
    checkMs: 0,
    reactor,
    kinds: new Set(kinds),
    secrets: new Set(secrets),
    async login<Avatar>(
      credentials: Credentials,
      _: AvatarType<Avatar>,
      context: LoginContext,
    ): Promise<Login<Avatar>> {
      const name = userOf(users, credentials, source);
      const shown = "user" in credentials ? (credentials.user ?? "") : "";
      events.push(`${credentials.kind} ${shown}`.trim());
      if (portal.checkMs > 0) await reactor.clock.sleep(portal.checkMs, { signal: context.signal! });
      if (portal.refusal !== undefined) throw new LoginError(portal.refusal.code, "Cannot log in", portal.refusal);
      if (name === undefined) throw refuse("bad-credentials");
      const user = { name, groups: [], attributes: {} };
      const logout = async () => void events.push(`logout ${name}`.trim());
      return { user, avatar: user as unknown as Avatar, logout, [Symbol.asyncDispose]: logout };
    },
    attempt: () => ({ present: () => Promise.reject(new Error("not asked here")) }),
    async secret(user, request) {
      events.push(`secret ${user}`);
      if (portal.refusal !== undefined) throw new LoginError(portal.refusal.code, "Cannot log in", portal.refusal);
      const password = users.get(user);
      if (password === undefined) return undefined;
      if (request.kind !== "digest") return { secret: { kind: "plain", password }, source };
      const { algorithm, realm } = request;
      const hash = httpDigestSecret(algorithm, user, realm, password);
      return { secret: { kind: "digest", algorithm, realm, hash }, source };
    },
    async reject(user) {
      events.push(`reject ${user}`);
    },
    close: async () => {},
  };
  return portal;
}

function userOf(users: ReadonlyMap<string, string>, credentials: Credentials, source: Checker): string | undefined {
  switch (credentials.kind) {
    case "password":
      return users.get(credentials.user) === credentials.password ? credentials.user : undefined;
    case "bearer":
      return credentials.token === "t0ken~" ? "alice" : undefined;
    case "certificate":
      return Buffer.from(credentials.certificate).toString() === "cert" ? "alice" : undefined;
    case "proven":
      return credentials.source === source ? credentials.user : undefined;
    case "anonymous":
      return "";
    default:
      return undefined;
  }
}
