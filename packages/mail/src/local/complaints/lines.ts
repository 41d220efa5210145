import { mailLineOctetsMax, mailLineOctetsWanted } from "@hawser/mime";
import { mailComplaintLinesMax } from "../limits.ts";
import type { ComplaintSource } from "./source.ts";

/** Lines and octets, whatever they mean. */
export function complainOfLines(source: ComplaintSource): void {
  const { text, lineStarts } = source;
  let long = 0;
  let firstLong: number | undefined;
  for (const [i, start] of lineStarts.entries()) {
    if (i + 1 === mailComplaintLinesMax) break;
    const next = lineStarts[i + 1] ?? text.length;
    const octets = next - start - endOctets(text, next);
    if (octets > mailLineOctetsMax)
      source.complain("line-too-long", start, {
        text: `A line has ${octets} octets, and may have ${mailLineOctetsMax}`,
      });
    else if (octets > mailLineOctetsWanted) long++;
    if (octets > mailLineOctetsWanted && octets <= mailLineOctetsMax) firstLong ??= start;
  }
  if (firstLong !== undefined)
    source.complain("line-long", firstLong, {
      text: `${long === 1 ? "A line has" : `${long} lines have`} more than ${mailLineOctetsWanted} octets: not all that show mail can break them`,
    });
  complainOfOctets(source);
}

function endOctets(text: string, end: number): number {
  if (text[end - 1] !== "\n") return 0;
  return text[end - 2] === "\r" ? 2 : 1;
}

function complainOfOctets(source: ComplaintSource): void {
  const { text, facts, tree } = source;
  const bare = text.search(/\r(?!\n)|(?<!\r)\n/);
  if (bare !== -1) source.complain("bare-line-ending", bare);
  const nul = text.indexOf("\0");
  if (nul !== -1 && facts.body !== "BINARYMIME") source.complain("nul-octet", nul);
  const high = text.slice(tree.bodyStart).search(/[\x80-\xff]/);
  if (high !== -1 && facts.body === "7BIT") source.complain("eight-bit-undeclared", tree.bodyStart + high);
  if (facts.size !== undefined && facts.size > 0 && facts.size < text.length)
    source.complain("size-wrong", undefined, {
      text: `The message has ${text.length} octets, and the client said SIZE=${facts.size}`,
    });
}
