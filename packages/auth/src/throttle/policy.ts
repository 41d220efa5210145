import type { ThrottleEntry } from "./store.ts";

/** How failures become delays: pure, so that it can be read and tested without a clock. */
export interface ThrottlePolicy {
  /** Failures without a delay. */
  readonly free: number;
  /** The delay after the first failure beyond; each further one doubles it. */
  readonly delayMs: number;
  readonly delayMaxMs: number;
  /** A failure is forgotten in this time. */
  readonly forgetMs: number;
}

const nothing: ThrottleEntry = { failures: 0, at: 0, next: 0, wrong: [] };

/** More are not counted, so that an attack is forgotten twenty times `forgetMs` after its end. */
const failuresMax = 20;

/** Several programs of one user may each repeat an old password. */
const wrongMax = 4;

/** How many failures are not yet forgotten. */
export function failuresAt(entry: ThrottleEntry | undefined, now: number, { forgetMs }: ThrottlePolicy): number {
  if (entry === undefined) return 0;
  return Math.max(0, entry.failures - Math.max(0, now - entry.at) / forgetMs);
}

/** How long the next attempt has to wait after so many failures. */
export function delayAfter(failures: number, { free, delayMs, delayMaxMs }: ThrottlePolicy): number {
  const beyond = Math.ceil(failures) - free;
  return beyond <= 0 ? 0 : Math.min(delayMaxMs, delayMs * 2 ** (beyond - 1));
}

/** The entry after one more failure. The same wrong password again changes nothing: a program repeats it, no attacker does. */
export function afterFailure(
  entry: ThrottleEntry = nothing,
  now: number,
  mark: string | undefined,
  policy: ThrottlePolicy,
): ThrottleEntry {
  const isRepeated = mark !== undefined && entry.wrong.includes(mark);
  const failures = Math.min(failuresMax, failuresAt(entry, now, policy) + (isRepeated ? 0 : 1));
  const wrong = mark === undefined || isRepeated ? entry.wrong : [mark, ...entry.wrong].slice(0, wrongMax);
  return { failures, at: now, next: Math.max(entry.next, now + delayAfter(failures, policy)), wrong };
}

/** The entry when a failure was counted too early. */
export function afterPardon(entry: ThrottleEntry = nothing, now: number, policy: ThrottlePolicy): ThrottleEntry {
  return { ...entry, failures: Math.max(0, failuresAt(entry, now, policy) - 1), at: now };
}

/** When an attempt may begin, and the entry once that time is taken: attempts side by side stand in a row. */
export function afterReservation(
  entry: ThrottleEntry = nothing,
  now: number,
  policy: ThrottlePolicy,
): { readonly start: number; readonly entry: ThrottleEntry } {
  const delay = delayAfter(failuresAt(entry, now, policy), policy);
  const start = delay === 0 ? now : Math.max(now, entry.next);
  return { start, entry: { ...entry, next: delay === 0 ? entry.next : start + delay } };
}
