import { mailComplaintsMax, mailComplaintsOfKindMax } from "../limits.ts";
import type { MailComplaint } from "./complaint.ts";

/** Characters of what is quoted. */
const excerptCharacters = 120;

/** Complaints as they are found, no more than anybody reads. */
export class MailComplaintList {
  #complaints: MailComplaint[] = [];
  #counts = new Map<string, number>();

  add(complaint: MailComplaint): void {
    const count = (this.#counts.get(complaint.code) ?? 0) + 1;
    this.#counts.set(complaint.code, count);
    if (count > mailComplaintsOfKindMax || this.#complaints.length >= mailComplaintsMax) return;
    const { excerpt, ...rest } = complaint;
    this.#complaints.push(excerpt === undefined ? rest : { ...rest, excerpt: shown(excerpt) });
  }

  /** All so far; the list begins anew. */
  take(): readonly MailComplaint[] {
    const taken = this.#complaints;
    this.#complaints = [];
    this.#counts = new Map();
    return taken;
  }
}

function shown(text: string): string {
  const plain = text.trim().replace(/[\0-\x1f\x7f]/g, "�");
  return plain.length > excerptCharacters ? `${plain.slice(0, excerptCharacters)}…` : plain;
}
