import { FileError, type OpenFile, type Reactor } from "@hawser/core";
import type { MailTransportResult } from "../../queue/queue.ts";
import { DotLock } from "../../store/maildir/dot-lock.ts";
import { asctime } from "../../store/mbox/write.ts";
import { mailFilePlace } from "../file-place.ts";
import { deferred, delivered, failed } from "./outcome.ts";

/** A message for a file. */
export interface MailFileMessage {
  readonly path: string;
  /** The reverse-path; empty for none. */
  readonly from: string;
  /** Lines end with LF, those that begin with `From ` are quoted. */
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Appends a message to an mbox under its lock, `PATH.lock`, which mutt, procmail and Dovecot look for too. All of it is there to
 * stay when this resolves, or nothing. A file that is new may be read by us alone. `/dev/null` takes everything.
 */
export async function deliverToFile(
  reactor: Reactor,
  { path, from, content }: MailFileMessage,
): Promise<MailTransportResult> {
  if (path === "/dev/null") return delivered;
  const place = mailFilePlace(reactor, path);
  const spelled = place.path.join("/");
  try {
    return await new DotLock(reactor, place.tree, () => `${spelled}.lock`).run(async () => {
      const file = await place.tree.open(place.path, { write: true, create: true, mode: 0o600 });
      try {
        return await append(file, firstLine(from, reactor.clock.wall()), content);
      } finally {
        await file.close();
      }
    });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return fileOutcome(error);
  }
}

/** What was there stays as it was when the message cannot be written whole. */
async function append(file: OpenFile, first: string, content: AsyncIterable<Uint8Array>): Promise<MailTransportResult> {
  const { octets } = await file.stat();
  let end = octets;
  const write = async (chunk: Uint8Array): Promise<void> => {
    await file.write(end, chunk);
    end += chunk.length;
  };
  try {
    await write(Buffer.from(first));
    for await (const chunk of content) await write(chunk);
    await write(Buffer.from("\n"));
    await file.sync();
    return delivered;
  } catch (error) {
    await file.truncate(octets);
    throw error;
  }
}

/** The line that begins a message of an mbox, and that programs are given as well. */
export function firstLine(from: string, wall: number): string {
  const sender = /^[^\s\0-\x1f\x7f]+$/.test(from) ? from : "MAILER-DAEMON";
  return `From ${sender} ${asctime(wall)}\n`;
}

function fileOutcome({ code }: FileError): MailTransportResult {
  if (code === "no-space") return deferred("4.3.1", "There is no room for the file");
  const isWrong = ["invalid-path", "is-a-directory", "not-a-directory", "not-found"].includes(code);
  return isWrong
    ? failed("5.3.5", "The file of the alias is none that could be written")
    : deferred("4.2.0", "The file of the alias cannot be written now");
}
