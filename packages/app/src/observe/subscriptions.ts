import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Takes what is published on channels, each by its own function. @returns takes no more */
export function subscribeAll(takers: Readonly<Record<string, (message: never) => void>>): () => void {
  const subscriptions = Object.entries(takers).map(([name, take]) => {
    const onMessage = (message: unknown) => take(message as never);
    subscribe(name, onMessage);
    return () => unsubscribe(name, onMessage);
  });
  return () => {
    for (const end of subscriptions) end();
  };
}

/**
 * Published on `hawser:login` for every login, right or wrong. Whoever decides about it publishes it, and never what the
 * peer showed to prove itself.
 */
export interface LoginMessage {
  readonly protocol: string;
  readonly peer: string | undefined;
  /** Who logged in, or the name that was claimed. */
  readonly user: string | undefined;
  /** `accepted`, `partial` after one of several steps, or the code of the refusal. */
  readonly outcome: string;
}
