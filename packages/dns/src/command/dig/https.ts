import { UsageError } from "@hawser/core";
import type { DigServer, DigWay } from "./carrier.ts";

export async function askByHttps(_o: Uint8Array, _s: DigServer, _w: DigWay, _r: object): Promise<Uint8Array> {
  throw new UsageError("not yet");
}
