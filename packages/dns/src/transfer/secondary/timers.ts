import { backoff, type Instant, type Random } from "@hawser/core";
import type { SoaData } from "../../records/soa.ts";

/** Bounds for what primaries say about their copies (RFC 1035 §3.3.13), in seconds. */
export interface SecondaryTimerLimits {
  /** Default 300 s, as BIND's `min-refresh-time`: a notice comes at once anyway. */
  readonly refreshSecondsMin?: number | undefined;
  /** Default 2,419,200 s (four weeks), as BIND's `max-refresh-time`. */
  readonly refreshSecondsMax?: number | undefined;
  /** Default 60 s. */
  readonly retrySecondsMin?: number | undefined;
  /** Default 1,209,600 s (two weeks), as BIND's `max-retry-time`. */
  readonly retrySecondsMax?: number | undefined;
  /** Default 3,600 s; never less than a refresh and a retry together. */
  readonly expireSecondsMin?: number | undefined;
  /** Default 31,536,000 s, a year. */
  readonly expireSecondsMax?: number | undefined;
}

/** What an attempt brought. */
export interface RefreshedCopy {
  /** How long the primary itself may serve its copy, if it said so (RFC 7314 §4). */
  readonly expireSeconds?: number | undefined;
  /** Whether there was a new version. Default true. */
  readonly isNews?: boolean | undefined;
}

/** {@link SecondaryTimerLimits} where nothing else is said. */
export const secondaryTimerLimits: { readonly [Key in keyof SecondaryTimerLimits]-?: number } = {
  refreshSecondsMin: 300,
  refreshSecondsMax: 2_419_200,
  retrySecondsMin: 60,
  retrySecondsMax: 1_209_600,
  expireSecondsMin: 3_600,
  expireSecondsMax: 31_536_000,
};

/** The part of each wait that is left to chance, so that the zones of a server do not come due in one instant. */
const jitter = 0.1;

/** Between the end of an attempt and the next one that a notice makes. */
const noticePauseMs = 500;

/** Waits for a zone that we never had: there is nothing to serve meanwhile, and no SOA that says how long. */
const firstWaits = { initialMs: 5_000, maxMs: 600_000 } as const;

/**
 * When a copy of a zone is to be asked after, and until when it may be served (RFC 1034 §4.3.5, RFC 1996 §4). It asks nobody:
 * whoever drives it looks at {@link SecondaryTimers.deadline} and tells what came of each attempt. Times are of the reactor's
 * clock, in milliseconds.
 */
export class SecondaryTimers {
  readonly #limits: typeof secondaryTimerLimits;
  readonly #random: Pick<Random, "number">;
  #soa: SoaData | undefined;
  #waits: Iterator<number, never>;
  #dueAt: Instant = 0;
  #expiresAt: Instant = Number.POSITIVE_INFINITY;
  #isAsking = false;
  /** How long after the attempt that is under way another one is to be made. */
  #again: number | undefined;
  #endedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(random: Pick<Random, "number">, limits: SecondaryTimerLimits = {}) {
    this.#random = random;
    this.#limits = { ...secondaryTimerLimits, ...withoutUndefined(limits) };
    this.#waits = this.#firstWaits();
  }

  /** When something has to be done: ask, or serve no more. Infinite while an attempt is under way and nothing expires. */
  get deadline(): Instant {
    return Math.min(this.#isAsking ? Number.POSITIVE_INFINITY : this.#dueAt, this.#expiresAt);
  }

  /** When the primary is asked next; `undefined` while it is being asked. */
  get dueAt(): Instant | undefined {
    return this.#isAsking ? undefined : this.#dueAt;
  }

  /** Until when the copy is served; infinite without a copy. */
  get expiresAt(): Instant {
    return this.#expiresAt;
  }

  /** Goes on with a copy that was last found good `ageMs` ago; it is asked after soon. */
  restored(now: Instant, soa: SoaData, ageMs: number): void {
    this.#soa = soa;
    this.#expiresAt = now + this.#expireMs(soa) - ageMs;
    this.#dueAt = now;
  }

  /** Whether it is time to ask. If so, the attempt begins. */
  begin(now: Instant): boolean {
    if (this.#isAsking || now < this.#dueAt) return false;
    this.#isAsking = true;
    this.#again = undefined;
    return true;
  }

  /** Whether the copy is served no more, from now on (RFC 1034 §4.3.5). Says so once. */
  expire(now: Instant): boolean {
    if (now < this.#expiresAt) return false;
    this.#expiresAt = Number.POSITIVE_INFINITY;
    this.#soa = undefined;
    this.#waits = this.#firstWaits();
    return true;
  }

  /**
   * Somebody says that there is something new: it is asked for now, or once more after the attempt that is under way. Notices
   * are easily forged; so they make no more than two attempts a second.
   */
  notified(now: Instant): void {
    if (this.#isAsking) this.#again ??= noticePauseMs;
    else this.#dueAt = Math.min(this.#dueAt, Math.max(now, this.#endedAt + noticePauseMs));
  }

  /** Somebody of ours wants to have it now. */
  wanted(now: Instant): void {
    if (this.#isAsking) this.#again = 0;
    else this.#dueAt = now;
  }

  /** The copy was found good, or has become so. What a primary says of its own copy never makes an older one of ours expire sooner. */
  succeeded(now: Instant, soa: SoaData, { expireSeconds, isNews = true }: RefreshedCopy = {}): void {
    const expireMs = Math.min(this.#expireMs(soa), (expireSeconds ?? Number.POSITIVE_INFINITY) * 1000);
    const before = isNews || !Number.isFinite(this.#expiresAt) ? 0 : this.#expiresAt;
    this.#soa = soa;
    this.#waits = this.#firstWaits();
    this.#expiresAt = Math.max(before, now + expireMs);
    this.#wait(now, this.#refreshMs(soa));
  }

  failed(now: Instant): void {
    const soa = this.#soa;
    this.#wait(now, soa === undefined ? this.#waits.next().value : this.#retryMs(soa));
  }

  #wait(now: Instant, ms: number): void {
    this.#isAsking = false;
    this.#endedAt = now;
    this.#dueAt = now + (this.#again ?? ms * (1 - jitter * this.#random.number()));
  }

  #refreshMs({ refreshSeconds }: SoaData): number {
    return 1000 * within(refreshSeconds, this.#limits.refreshSecondsMin, this.#limits.refreshSecondsMax);
  }

  #retryMs({ retrySeconds }: SoaData): number {
    return 1000 * within(retrySeconds, this.#limits.retrySecondsMin, this.#limits.retrySecondsMax);
  }

  #expireMs(soa: SoaData): number {
    const { expireSecondsMin, expireSecondsMax } = this.#limits;
    const least = this.#refreshMs(soa) + this.#retryMs(soa);
    return Math.max(least, 1000 * within(soa.expireSeconds, expireSecondsMin, expireSecondsMax));
  }

  #firstWaits(): Iterator<number, never> {
    return backoff({ ...firstWaits, random: this.#random });
  }
}

function within(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

/** So that an option which is there and undefined has its default. */
function withoutUndefined<T extends object>(options: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
