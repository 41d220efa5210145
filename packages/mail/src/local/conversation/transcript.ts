import { mailLocalTranscriptCharactersMax, mailLocalTranscriptLinesMax } from "../limits.ts";

type Line = { readonly transaction: number; readonly text: string };

/** What was said, line by line; each message is shown what was said for it, and what came before the first. */
export class Transcript {
  readonly #lines: Line[] = [];
  #isCut = false;
  /** Messages that were begun. */
  transactions = 0;

  client(text: string): void {
    this.#add(`C: ${text}`);
  }

  server(text: string): void {
    this.#add(`S: ${text}`);
  }

  note(text: string): void {
    this.#add(`(${text})`);
  }

  /** Another message begins. */
  begin(): void {
    this.transactions++;
  }

  /** The lines of the present message, those included that are still to come. */
  ofTransaction(): () => readonly string[] {
    const { transactions } = this;
    return () =>
      this.#lines
        .filter(({ transaction }) => transaction === 0 || transaction === transactions)
        .map(({ text }) => text);
  }

  #add(text: string): void {
    if (this.#isCut) return;
    this.#isCut = this.#lines.length === mailLocalTranscriptLinesMax;
    const shown = text.replace(/[\0-\x1f\x7f]/g, "�").slice(0, mailLocalTranscriptCharactersMax);
    this.#lines.push({ transaction: this.transactions, text: this.#isCut ? "(More was said)" : shown });
  }
}
