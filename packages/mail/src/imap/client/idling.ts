import { imapDeferred } from "../deferred.ts";
import { imapIdleRenewMs } from "../limits.ts";
import type { ImapClient } from "./client.ts";
import type { ImapStatusLine } from "./responses.ts";

/** Keeps a client idle while nothing else is under way, and renews that (RFC 2177). */
export class ImapIdling {
  readonly #client: ImapClient;
  #idle: Idle | undefined;
  #wake: (() => void) | undefined;

  constructor(client: ImapClient) {
    this.#client = client;
  }

  /** Looks whether the watching is over. */
  wake(): void {
    this.#wake?.();
  }

  /** Ends IDLE, so that something else can be said. */
  async pause(): Promise<void> {
    const idle = this.#idle;
    if (idle === undefined) return;
    if (!idle.isEnding && idle.isBegun) this.#sayDone();
    idle.isEnding = true;
    await idle.answer;
  }

  /** Idles while nothing else is under way; where the server cannot, asks now and then. */
  async watch(isOver: () => boolean): Promise<void> {
    const { clock } = this.#client.reactor;
    const renewMs = this.#client.idleRenewMs ?? imapIdleRenewMs;
    const can = this.#client.capabilities.has("IDLE") || this.#client.capabilities.has("IMAP4REV2");
    while (!isOver() && !this.#client.commands.isGone) {
      const woken = imapDeferred<void>();
      this.#wake = () => woken.resolve();
      const timer = clock.after(can ? renewMs : Math.min(renewMs, pollMs), () => woken.resolve(), { idle: true });
      try {
        if (can) await this.#idleUntil(woken.promise);
        else {
          await woken.promise;
          if (!isOver()) await this.#client.noop();
        }
      } catch {
        return; // the connection is gone: `closed` tells
      } finally {
        timer.cancel();
        this.#wake = undefined;
      }
    }
  }

  async #idleUntil(woken: Promise<void>): Promise<void> {
    const { commands } = this.#client;
    await this.#client.quiet();
    const { answer, command } = commands.begin("IDLE", ["IDLE"]);
    const begun = commands.asked(command);
    const idle: Idle = { answer, isBegun: false, isEnding: false };
    this.#idle = idle;
    try {
      await begun; // until then DONE would be no answer to anything
      idle.isBegun = true;
      commands.isPatient = true;
      if (idle.isEnding) this.#sayDone();
      await Promise.race([woken, answer]);
      await this.pause();
    } finally {
      commands.isPatient = false;
      if (this.#idle === idle) this.#idle = undefined;
    }
  }

  #sayDone(): void {
    this.#client.commands.isPatient = false;
    this.#client.commands.line("DONE");
  }
}

/** An IDLE that is under way. */
interface Idle {
  readonly answer: Promise<ImapStatusLine>;
  isBegun: boolean;
  isEnding: boolean;
}

/** Where there is no IDLE. */
const pollMs = 60_000;
