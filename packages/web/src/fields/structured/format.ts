import { formatBareItem } from "./bare-item.ts";
import type {
  StructuredDictionary,
  StructuredInnerList,
  StructuredItem,
  StructuredList,
  StructuredMember,
  StructuredParameters,
} from "./types.ts";

/**
 * Writes an item (RFC 9651 §4.1.3).
 * @throws {TypeError} when a value is not one of its type, or a key is malformed
 */
export function formatStructuredItem(item: StructuredItem): string {
  return formatBareItem(item.bare) + formatStructuredParameters(item.parameters);
}

/**
 * Writes a list (RFC 9651 §4.1.1). An empty one must not be sent at all.
 * @throws {TypeError} as {@link formatStructuredItem}
 */
export function formatStructuredList(list: StructuredList): string {
  return list.map(formatMember).join(", ");
}

/**
 * Writes a dictionary (RFC 9651 §4.1.2). An empty one must not be sent at all.
 * @throws {TypeError} as {@link formatStructuredItem}
 */
export function formatStructuredDictionary(dictionary: StructuredDictionary): string {
  return [...dictionary].map(([key, member]) => formatKey(key) + formatDictionaryValue(member)).join(", ");
}

function formatDictionaryValue(member: StructuredMember): string {
  const bareTrue = member.type === "item" && member.bare.type === "boolean" && member.bare.value;
  return bareTrue ? formatStructuredParameters(member.parameters) : `=${formatMember(member)}`;
}

function formatMember(member: StructuredMember): string {
  return member.type === "item" ? formatStructuredItem(member) : formatInnerList(member);
}

function formatInnerList(list: StructuredInnerList): string {
  return `(${list.items.map(formatStructuredItem).join(" ")})${formatStructuredParameters(list.parameters)}`;
}

function formatStructuredParameters(parameters: StructuredParameters): string {
  let text = "";
  for (const [key, bare] of parameters) {
    text += `;${formatKey(key)}${bare.type === "boolean" && bare.value ? "" : `=${formatBareItem(bare)}`}`;
  }
  return text;
}

function formatKey(key: string): string {
  if (!/^[a-z*][a-z0-9_\-.*]*$/.test(key))
    throw new TypeError(`Cannot write ${JSON.stringify(key)} as a structured key`);
  return key;
}
