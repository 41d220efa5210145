import { dirname, resolve } from "node:path";
import type { ApplicationSource } from "../config/source.ts";

/** The folder beside which packages may bring commands to an application: that of its file. */
export function sourceDirectory({ config, file }: ApplicationSource, present: string): string {
  const path = config ?? file;
  return path === undefined ? present : dirname(resolve(present, path));
}
