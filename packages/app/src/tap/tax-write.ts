import type { CommandData } from "@hawser/core";
import type { ApplicationDescription, ServiceDescription } from "../application/description.ts";
import { escapeXmlText } from "./escape.ts";
import { formatNumber, restartData, tapVersion } from "./tap.ts";

/** Writes an application as a tax file: XML 1.0, the same for the same application. */
export function formatTax({ name, directory, users, services }: ApplicationDescription): string {
  const head = attributes({ hawser: "tax", version: String(tapVersion), name, directory });
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<application${head}>`,
    ...(users === undefined
      ? []
      : ["  <users>", ...users.map((one) => `    ${leaf("text", undefined, one)}`), "  </users>"]),
    ...services.flatMap(formatService),
    "</application>",
    "",
  ].join("\n");
}

function formatService({ command, name, restart, options }: ServiceDescription): readonly string[] {
  const policy = restart === undefined ? [] : [`    <restart${attributes(restartData(restart))}/>`];
  const inner = [
    ...policy,
    ...Object.entries(options).flatMap(([option, data]) => formatElement(option, data, "    ")),
  ];
  const head = `  <service${attributes({ command, name })}`;
  return inner.length === 0 ? [`${head}/>`] : [`${head}>`, ...inner, "  </service>"];
}

/** One value as an element that tells its type. */
function formatElement(name: string | undefined, data: CommandData, indent: string): readonly string[] {
  if (typeof data === "string") return [`${indent}${leaf("text", name, data)}`];
  if (typeof data === "number") return [`${indent}${leaf("number", name, formatNumber(data))}`];
  if (typeof data === "boolean") return [`${indent}${leaf("boolean", name, String(data))}`];
  const inner = Array.isArray(data)
    ? data.flatMap((item: CommandData) => formatElement(undefined, item, `${indent}  `))
    : Object.entries(data).flatMap(([key, value]) => formatElement(key, value as CommandData, `${indent}  `));
  const tag = Array.isArray(data) ? "list" : "object";
  if (inner.length === 0) return [`${indent}<${tag}${attributes({ name })}/>`];
  return [`${indent}<${tag}${attributes({ name })}>`, ...inner, `${indent}</${tag}>`];
}

function leaf(tag: string, name: string | undefined, content: string): string {
  return `<${tag}${attributes({ name })}>${escapeXmlText(content)}</${tag}>`;
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXmlText(String(value))}"`)
    .join("");
}
