import type { Instant } from "./clock.ts";

/** What a machine wants written: octets, or text whose every character is one octet. */
export type Output = Uint8Array | string;

/**
 * A protocol without its network (DESIGN §3.4): bytes in, events out; actions in, bytes out; time is an argument.
 *
 * Events are pulled, because after STARTTLS, AUTH, DATA or an Upgrade the next bytes mean something else, and because a
 * caller that pulls can wait.
 */
export interface Machine<Event, Action> {
  /** Keeps octets that arrived. */
  receive(chunk: Uint8Array): void;
  /** The peer will send no more. */
  end(): void;
  /** The next event; `undefined` when more octets, or a decision of ours, are needed. Throws a `ProtocolError` when the peer broke the protocol. */
  next(): Event | undefined;
  /** Applies one action of ours. Throws `StateError` when the present state does not allow it. */
  send(action: Action): void;
  /** What to write now; called until it gives `undefined`. */
  takeOutput(): Output | undefined;
  /** When {@link expire} wants to be called, on the clock of the reactor. */
  readonly deadline: Instant | undefined;
  expire(now: Instant): void;
}
