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
