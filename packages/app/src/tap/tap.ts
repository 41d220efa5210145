import type { CommandData } from "@hawser/core";
import type { ApplicationDescription, RestartPolicy, ServiceDescription } from "../application/description.ts";

/** The version of the format that is written; what older ones said, `upgradeTap` brings to it. */
export const tapVersion = 1;

/** Writes an application as a tap file: canonical JSON, so that the same application is always the same octets. */
export function formatTap(description: ApplicationDescription): string {
  return `${formatData({ hawser: "tap", version: tapVersion, application: tapData(description) }, "")}\n`;
}

/** The members of an application in their one order; those that are left out are not there. */
export function tapData({ name, directory, users, services }: ApplicationDescription): CommandData {
  return {
    name,
    ...(directory === undefined ? {} : { directory }),
    ...(users === undefined ? {} : { users }),
    services: services.map(serviceData),
  };
}

function serviceData({ command, name, restart, options }: ServiceDescription): CommandData {
  return { command, name, ...(restart === undefined ? {} : { restart: restartData(restart) }), options };
}

/** A restart policy in its one order. */
export function restartData({ when, restartsMax, withinMs }: RestartPolicy): Readonly<Record<string, string | number>> {
  return {
    ...(when === undefined ? {} : { when }),
    ...(restartsMax === undefined ? {} : { restartsMax }),
    ...(withinMs === undefined ? {} : { withinMs }),
  };
}

/** Data as JSON; short lists stand on one line. Unlike `JSON.stringify`, it keeps -0. */
export function formatData(data: CommandData, indent: string): string {
  if (typeof data === "number") return formatNumber(data);
  if (typeof data !== "object") return JSON.stringify(data);
  const inner = `${indent}  `;
  if (isList(data)) return formatList(data, indent, inner);
  const members = Object.entries(data).map(
    ([key, value]) => `${inner}${JSON.stringify(key)}: ${formatData(value, inner)}`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}

function formatList(list: readonly CommandData[], indent: string, inner: string): string {
  const items = list.map((item) => formatData(item, inner));
  const line = `[${items.join(", ")}]`;
  if (list.every((item) => typeof item !== "object") && line.length <= lineCharactersMax) return line;
  return `[\n${items.map((item) => `${inner}${item}`).join(",\n")}\n${indent}]`;
}

/** A number that reads back as itself. @throws {TypeError} for what is none */
export function formatNumber(number: number): string {
  if (!Number.isFinite(number)) throw new TypeError(`Cannot write ${number} into a tap file: it is no number`);
  return Object.is(number, -0) ? "-0" : String(number);
}

function isList(data: CommandData): data is readonly CommandData[] {
  return Array.isArray(data);
}

const lineCharactersMax = 80;
