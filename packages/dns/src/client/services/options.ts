import type { Random } from "@hawser/core";
import type { DnsLookupOptions } from "../resolver/options.ts";

/** How a service is looked up. */
export interface DnsServiceOptions extends DnsLookupOptions {
  /** Draws the order of what is equal. Default: that of the `node` reactor. */
  readonly random?: Random | undefined;
}

export async function randomOf({ random }: DnsServiceOptions): Promise<Random> {
  return random ?? (await import("@hawser/core/node")).nodeReactor.random;
}
