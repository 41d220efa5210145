import { channel } from "node:diagnostics_channel";
import type { ListenerEvent } from "../events.ts";
import type { Listener } from "../listener.ts";

const events = channel("hawser:listener");

/** Tells whoever wants to know that an endpoint is served, or no longer. */
export function tellListener(type: ListenerEvent["type"], listener: Listener): void {
  if (!events.hasSubscribers) return;
  events.publish({ type, listener, addresses: listener.addresses } satisfies ListenerEvent);
}
