import type { HttpField } from "./field.ts";
import {
  formatStructuredDictionary,
  parseStructuredDictionary,
  type StructuredMember,
  structuredItem,
} from "./structured/index.ts";

/** How urgent a response is among the others of its connection (RFC 9218 §4). */
export interface HttpPriority {
  /** 0 (first) to 7 (when nothing else is left). Default 3. */
  readonly urgency: number;
  /** It is of use piece by piece, so equals may take turns. Default false. */
  readonly incremental: boolean;
}

/** `Priority` (RFC 9218 §5). Parameters that are unknown, or out of range, count as not sent. */
export const priorityField: HttpField<HttpPriority> = {
  name: "Priority",
  separator: ", ",
  parse: (text) => {
    const members = parseStructuredDictionary(text);
    return (
      members && {
        urgency: readUrgency(members.get("u")) ?? 3,
        incremental: readIncremental(members.get("i")) ?? false,
      }
    );
  },
  format: ({ urgency, incremental }) => {
    if (!(Number.isInteger(urgency) && urgency >= 0 && urgency <= 7))
      throw new TypeError(`Cannot write the urgency ${urgency}: not 0 to 7`);
    const members = new Map<string, StructuredMember>([["u", structuredItem({ type: "integer", value: urgency })]]);
    if (incremental) members.set("i", structuredItem({ type: "boolean", value: true }));
    return formatStructuredDictionary(members);
  },
};

function readUrgency(member: StructuredMember | undefined): number | undefined {
  const bare = member?.type === "item" ? member.bare : undefined;
  return bare?.type === "integer" && bare.value >= 0 && bare.value <= 7 ? bare.value : undefined;
}

function readIncremental(member: StructuredMember | undefined): boolean | undefined {
  const bare = member?.type === "item" ? member.bare : undefined;
  return bare?.type === "boolean" ? bare.value : undefined;
}
