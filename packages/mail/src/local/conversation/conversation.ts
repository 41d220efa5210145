import type { TraceEvent } from "@hawser/core";
import type { MailComplaint } from "../complaints/complaint.ts";
import { MailComplaintList } from "../complaints/list.ts";
import { BareEndings } from "./bare-endings.ts";
import { complainOfCommand, complainOfReply, readSmtpLine } from "./commands.ts";
import { Transcript } from "./transcript.ts";

/** Where the client's octets belong. `waiting`: what comes next depends on a reply that is not there yet. */
type Mode = "chunk" | "commands" | "content" | "secret" | "waiting";

/** Octets that are kept while a reply is awaited, and of a line: more are not looked at. */
const heldOctetsMax = 65_536;

/** After these, what the client says next means what the reply makes of it. */
const endsGroup: ReadonlySet<string> = new Set(["DATA", "AUTH", "STARTTLS", "EHLO", "HELO", "QUIT", "VRFY", "NOOP"]);

/** Listens to an SMTP session from outside: writes it down, and complains of what the client should not have done. */
export class SmtpConversation {
  readonly #transcript = new Transcript();
  readonly #complaints = new MailComplaintList();
  /** Those about the session so far: each of its messages has them. */
  #ofSession: readonly MailComplaint[] = [];
  #mode: Mode = "commands";
  #held = "";
  #replyLine = "";
  /** Commands whose replies have not come. */
  readonly #asked: string[] = [];
  #hasGreeted = false;
  #chunkOctets = 0;
  #endings = new BareEndings(true);

  /** What core's `traceEvents` tells. */
  readonly hear = (event: TraceEvent): void => {
    if (event.type === "received") this.#received(Buffer.from(event.octets).toString("latin1"));
    else if (event.type === "sent") this.#sent(Buffer.from(event.octets).toString("latin1"));
    else if (event.type === "secured") this.#transcript.note(`TLS begins: ${event.version}`);
    else if (event.type === "closed") this.#transcript.note("The connection is closed");
  };

  /** What was said for the message that has just come, and for no other; it goes on until the next begins. */
  transcript(): () => readonly string[] {
    return this.#transcript.ofTransaction();
  }

  /** Complaints about the session, and about the message that has just come. */
  complaints(): readonly MailComplaint[] {
    const ofMessage = this.#complaints.take();
    return [...this.#ofSession, ...ofMessage];
  }

  #received(text: string): void {
    if (!this.#hasGreeted)
      this.#complain("early-octets", "The client speaks before it has been greeted", "RFC 5321 §4.3.1", text);
    this.#hasGreeted = true;
    this.#held = (this.#held + text).slice(0, Math.max(heldOctetsMax, text.length));
    this.#advance();
  }

  #advance(): void {
    for (let before = -1; this.#held.length !== before && this.#held !== ""; ) {
      before = this.#held.length;
      if (this.#mode === "content") this.#content();
      else if (this.#mode === "chunk") this.#chunk();
      else if (this.#mode !== "waiting") this.#line();
    }
  }

  #content(): void {
    const { used, isEnd } = this.#endings.read(this.#held);
    this.#held = this.#held.slice(used);
    if (!isEnd) return;
    this.#endContent();
    this.#asked.push("message");
  }

  #chunk(): void {
    const octets = this.#held.slice(0, this.#chunkOctets);
    this.#endings.read(octets);
    this.#chunkOctets -= octets.length;
    this.#held = this.#held.slice(octets.length);
    if (this.#chunkOctets === 0) this.#endContent();
  }

  #endContent(): void {
    const { octets, feeds, returns, firstLine } = this.#endings;
    this.#transcript.client(`(${octets} octets of a message)`);
    this.#mode = "commands";
    if (feeds + returns === 0) return;
    const what = [feeds > 0 && `${feeds} LF`, returns > 0 && `${returns} CR`].filter(Boolean).join(" and ");
    const text = `${what} in the message stand alone: lines end with CRLF, and many servers refuse anything else`;
    this.#complaints.add({
      code: "bare-line-ending",
      level: "error",
      text,
      section: "RFC 5321 §2.3.8",
      line: firstLine,
    });
  }

  #line(): void {
    const feed = this.#held.indexOf("\n");
    if (feed === -1) return;
    const raw = this.#held.slice(0, feed + 1);
    this.#held = this.#held.slice(feed + 1);
    const line = raw.replace(/\r?\n$/, "");
    if (!raw.endsWith("\r\n"))
      this.#complain("bare-line-ending", "A command ends with LF alone: it must be CRLF", "RFC 5321 §2.3.8", line);
    if (this.#mode === "secret") this.#secret(line);
    else this.#command(line);
  }

  #secret(line: string): void {
    this.#transcript.client(line === "*" ? line : "****");
    this.#asked.push("AUTH");
    this.#mode = "waiting";
  }

  #command(line: string): void {
    const { verb, argument, shown } = readSmtpLine(line);
    if (verb === "MAIL") this.#beginTransaction();
    this.#transcript.client(shown);
    for (const complaint of complainOfCommand(verb, argument)) this.#add(complaint, shown);
    this.#asked.push(verb);
    if (verb === "BDAT") this.#beginChunk(argument);
    else if (endsGroup.has(verb)) {
      this.#mode = "waiting";
      if (this.#held !== "" && verb !== "QUIT")
        this.#complain("early-octets", `The client does not wait for the reply to ${verb}`, "RFC 2920 §3.1", shown);
    }
  }

  #beginTransaction(): void {
    if (this.#transcript.transactions === 0) this.#ofSession = this.#complaints.take();
    this.#transcript.begin();
    this.#endings = new BareEndings(true);
  }

  #beginChunk(argument: string): void {
    this.#chunkOctets = Number(/^\d{1,15}/.exec(argument)?.[0] ?? 0);
    this.#endings = new BareEndings(false);
    if (this.#chunkOctets > 0) this.#mode = "chunk";
  }

  #sent(text: string): void {
    this.#hasGreeted = true;
    this.#replyLine += text;
    for (let feed = this.#replyLine.indexOf("\n"); feed !== -1; feed = this.#replyLine.indexOf("\n")) {
      const line = this.#replyLine.slice(0, feed).replace(/\r$/, "");
      this.#replyLine = this.#replyLine.slice(feed + 1);
      this.#transcript.server(line);
      if (line[3] !== "-") this.#replied(line);
    }
    this.#replyLine = this.#replyLine.slice(0, heldOctetsMax);
  }

  #replied(line: string): void {
    const verb = this.#asked.shift();
    if (verb === undefined) return; // the greeting, or a farewell
    const complaint = complainOfReply(verb, line);
    if (complaint !== undefined) this.#add(complaint, verb);
    if (this.#mode !== "waiting" || this.#asked.length > 0) return;
    if (line.startsWith("354")) this.#mode = "content";
    else if (line.startsWith("334")) this.#mode = "secret";
    else this.#mode = "commands";
    this.#advance();
  }

  #complain(code: string, text: string, section: string, excerpt: string): void {
    this.#add({ code, level: "error", text, section }, excerpt);
  }

  #add(complaint: MailComplaint, excerpt: string): void {
    this.#complaints.add({ ...complaint, excerpt });
  }
}
