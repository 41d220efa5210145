import { dirname, resolve } from "node:path";
import type { ApplicationSource } from "../config/source.ts";

/** The folder beside which packages may bring commands to an application: that of its file. */
export function sourceDirectory(source: ApplicationSource, present: string): string {
  if ("words" in source) return present;
  return dirname(resolve(present, "config" in source ? source.config : source.file));
}
