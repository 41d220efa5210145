import type { Factory } from "../factory.ts";
import { wrapFactory } from "./wrap-factory.ts";

/** Refuses connections while `connectionsMax` are open. On several listeners the limit is for all of them together. */
export function limitConnections(connectionsMax: number, factory: Factory): Factory {
  let open = 0;
  const closed = () => {
    open--;
  };
  return wrapFactory(factory, (transport, accept) => {
    if (open >= connectionsMax) return undefined;
    const protocol = accept(transport);
    if (protocol === undefined) return undefined;
    open++;
    transport.whenClosed(closed);
    return protocol;
  });
}
