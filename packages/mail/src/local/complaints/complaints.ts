import { allParts } from "@hawser/mime";
import { complainOfAddresses } from "./addresses.ts";
import { complainOfBodies } from "./bodies.ts";
import type { MailComplaint } from "./complaint.ts";
import { complainOfDate } from "./dates.ts";
import { complainOfEncodedWords } from "./encoded-words.ts";
import { complainOfFields } from "./fields.ts";
import { complainOfLines } from "./lines.ts";
import { complainOfLists } from "./lists.ts";
import { complainOfPart, complainOfTree } from "./parts.ts";
import { ComplaintSource, type MailComplaintFacts } from "./source.ts";

/**
 * What is wrong with a message, each with the section of the RFC and the line. Pure; a message of whatever kind is looked through
 * in a time linear in its octets.
 */
export function complaintsAbout(octets: Uint8Array, facts: MailComplaintFacts = {}): readonly MailComplaint[] {
  const source = new ComplaintSource(octets, facts);
  complainOfLines(source);
  complainOfFields(source);
  complainOfDate(source);
  complainOfAddresses(source);
  complainOfLists(source);
  for (const part of allParts(source.tree)) {
    complainOfEncodedWords(source, part);
    complainOfPart(source, part);
    complainOfBodies(source, part);
  }
  complainOfTree(source);
  return source.complaints();
}
