import { StateError } from "@hawser/core";
import type { Checker, Credentials, CredentialsKind, User, Verdict } from "../credentials.ts";
import { LoginError } from "../errors.ts";
import { prepareUserName } from "../names.ts";
import type { Login, LoginAttempt, LoginStep } from "../portal.ts";
import { claimedUser } from "./login-events.ts";

/** A step that was right, and the checker that says so. */
export interface RightStep {
  readonly verdict: Extract<Verdict, { readonly user: User }>;
  readonly checker: Checker;
}

/** What an attempt needs of its portal. */
export interface AttemptDoor<Avatar> {
  /** @param only the checker that has accepted the steps before */
  judge(credentials: Credentials, only: Checker | undefined): Promise<RightStep>;
  grant(user: User): Promise<Login<Avatar>>;
}

/** What has been right so far. */
interface Progress {
  readonly checker: Checker;
  readonly user: User;
  readonly next: readonly CredentialsKind[];
  readonly failures: number;
}

/** A login of one step after the other. Another user's name begins it anew (RFC 4252 §5). */
export class SteppedAttempt<Avatar> implements LoginAttempt<Avatar> {
  readonly #door: AttemptDoor<Avatar>;
  #progress: Progress | undefined;
  #isBusy = false;

  constructor(door: AttemptDoor<Avatar>) {
    this.#door = door;
  }

  async present(credentials: Credentials): Promise<LoginStep<Avatar>> {
    if (this.#isBusy) throw new StateError("Cannot present credentials: others are being judged");
    this.#isBusy = true;
    try {
      if (credentials.kind === "public-key" && !credentials.proven) return await this.#ask(credentials);
      return await this.#step(credentials);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Whether a key would do: changes nothing, and never logs anybody in. */
  async #ask(credentials: Credentials): Promise<LoginStep<Avatar>> {
    const { verdict } = await this.#door.judge(credentials, undefined);
    return { type: "partial", user: verdict.user, next: ["public-key"] };
  }

  async #step(credentials: Credentials): Promise<LoginStep<Avatar>> {
    if (this.#progress !== undefined && !isOf(this.#progress.user, credentials)) this.#progress = undefined;
    const before = this.#progress;
    if (before === undefined && credentials.kind === "code")
      throw new LoginError("unsupported", "Cannot log in with a code alone: it is a second step");
    if (before !== undefined && !before.next.includes(credentials.kind))
      throw new LoginError(
        "bad-credentials",
        `Cannot go on with ${credentials.kind}: ${before.next.join(" or ")} must follow`,
      );
    const { verdict, checker } = await this.#judge(credentials, before);
    const { user } = verdict;
    if (verdict.type === "partial") {
      this.#progress = { checker, user, next: verdict.next, failures: 0 };
      return { type: "partial", user, next: verdict.next };
    }
    this.#progress = undefined;
    return { type: "complete", login: await this.#door.grant(user) };
  }

  /** A few wrong second steps, and the first must be shown again: six digits are not many. */
  async #judge(credentials: Credentials, before: Progress | undefined): Promise<RightStep> {
    try {
      return await this.#door.judge(credentials, before?.checker);
    } catch (error) {
      if (before !== undefined && error instanceof LoginError && error.code === "bad-credentials")
        this.#progress = before.failures + 1 < failuresMax ? { ...before, failures: before.failures + 1 } : undefined;
      throw error;
    }
  }
}

function isOf(user: User, credentials: Credentials): boolean {
  const claimed = claimedUser(credentials);
  return claimed !== undefined && prepareUserName(claimed) === user.name;
}

/** Wrong second steps in a row. */
const failuresMax = 5;
