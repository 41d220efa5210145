import { type Clock, withDeadline } from "@hawser/core";
import type { Checker, Credentials, LoginContext, SecretRequest, Verdict } from "../credentials.ts";
import { LoginError } from "../errors.ts";
import type { FoundSecret } from "../portal.ts";

/** A verdict of somebody who knows the user, and whose it is. */
export interface Judgement {
  readonly verdict: Exclude<Verdict, { readonly type: "unknown" }>;
  readonly checker: Checker;
}

/** Checkers in a row: the first that knows somebody decides. One that cannot tell ends the matter, as it may know them. */
export class CheckerRow {
  readonly #checkers: readonly Checker[];
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor(checkers: readonly Checker[], clock: Clock, timeoutMs: number) {
    this.#checkers = checkers;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Those that judge such credentials; a proof is for the checker whose secret was proved. */
  judges(credentials: Credentials): readonly Checker[] {
    const { kind } = credentials;
    if (kind === "proven") return this.#checkers.filter((checker) => checker === credentials.source);
    return this.#checkers.filter((checker) => checker.kinds.includes(kind));
  }

  /**
   * Asks one after the other. `undefined`: none knows the user.
   * @throws {LoginError} `temporary`
   */
  async judge(
    checkers: readonly Checker[],
    credentials: Credentials,
    context: LoginContext,
  ): Promise<Judgement | undefined> {
    for (const [at, checker] of checkers.entries()) {
      const verdict = await this.#within(context, (limited) => checker.check(credentials, limited));
      if (verdict.type === "rejected") await this.#stall(checkers.slice(at + 1), credentials, context);
      if (verdict.type !== "unknown") return { verdict, checker };
    }
    return undefined;
  }

  /** The first secret of this kind that is found. @throws {LoginError} `temporary` */
  async secret(user: string, request: SecretRequest, context: LoginContext): Promise<FoundSecret | undefined> {
    for (const source of this.#checkers) {
      if (source.secret === undefined || !source.secrets?.includes(request.kind)) continue;
      const secret = await this.#within(context, async (limited) => source.secret?.(user, request, limited));
      if (secret !== undefined) return { secret, source };
    }
    return undefined;
  }

  async #stall(checkers: readonly Checker[], credentials: Credentials, context: LoginContext): Promise<void> {
    for (const checker of checkers)
      await this.#within(context, async (limited) => checker.stall?.(credentials, limited)).catch(() => {});
    context.signal?.throwIfAborted();
  }

  async #within<Result>(context: LoginContext, ask: (limited: LoginContext) => Promise<Result>): Promise<Result> {
    const { signal } = context;
    try {
      return await withDeadline(this.#clock, this.#timeoutMs, (limit) => ask({ ...context, signal: limit }), {
        signal,
      });
    } catch (error) {
      if (signal?.aborted || error instanceof LoginError) throw error;
      throw new LoginError("temporary", "Cannot log in now: a user database cannot be asked", { cause: error });
    }
  }
}
