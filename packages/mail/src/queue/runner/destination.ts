import type { MailQueueTimes } from "../limits.ts";
import type { MailTransportResult, QueuedRecipient } from "../queue.ts";
import type { QueueEntry } from "./entry.ts";

/** Recipients of one message that go one way, and wait for their turn. */
export interface QueueJob {
  readonly entry: QueueEntry;
  readonly recipients: readonly QueuedRecipient[];
  readonly destination: QueueDestination;
}

/** A way on, who waits for it, and how it has been of late. */
export class QueueDestination {
  readonly name: string;
  /** First come, first served. */
  readonly waiting: Set<QueueJob> = new Set();
  /** Attempts under way. */
  active = 0;
  /** Milliseconds since 1970: before, nobody needs to try. */
  blockedUntil = 0;
  /** What was said when it was found blocked. */
  blockage: (MailTransportResult & { readonly outcome: "deferred" }) | undefined;
  #blockedTimes = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Nobody waits for it, and nothing is known of it. */
  get isIdle(): boolean {
    return this.waiting.size === 0 && this.active === 0 && this.blockage === undefined;
  }

  /** Whether one more may try now; after a blockage one alone looks how it is. */
  hasRoom(attemptsMax: number): boolean {
    return this.active < (this.blockage === undefined ? attemptsMax : 1);
  }

  isBlocked(now: number): boolean {
    return this.blockage !== undefined && now < this.blockedUntil;
  }

  /** Learns from an attempt. True: it is blocked, from now on or still. */
  learn(results: readonly MailTransportResult[], now: number, { blockedMs, blockedMaxMs }: MailQueueTimes): boolean {
    const blockage = results.find((one) => one.outcome === "deferred" && one.isBlocked === true);
    if (blockage?.outcome !== "deferred") {
      this.blockage = undefined;
      this.#blockedTimes = 0;
      return false;
    }
    if (this.isBlocked(now)) return true; // others that were under way find the same
    this.blockage = blockage;
    this.blockedUntil = now + Math.min(blockedMaxMs, blockedMs * 2 ** Math.min(this.#blockedTimes++, 20));
    return true;
  }
}
