import { Lock } from "@hawser/core";
import { zoneUpdatesWaitingMax } from "../limits.ts";
import type { Zone } from "../zone.ts";
import type { ZoneChange } from "../zone-change.ts";

/** Through whom the changes of a zone go, one after the other. */
export interface ZoneWriter {
  /**
   * Makes one change when those before it are made: `make` sees the zone as it will be then. Resolves when the change will not
   * be lost any more, and the zone has it.
   *
   * @throws whatever keeping it threw: then the zone is what it was
   */
  commit(make: () => ZoneChange | undefined): Promise<ZoneChange | undefined>;
}

/** Keeps the changes of a zone nowhere but in the zone: they are gone when the process is. */
export function volatileZoneWriter(zone: Zone): ZoneWriter {
  const lock = new Lock({ waitingMax: zoneUpdatesWaitingMax });
  return {
    async commit(make) {
      using _permit = await lock.acquire();
      const change = make();
      if (change !== undefined) zone.apply(change);
      return change;
    },
  };
}
