import type { Clock } from "@hawser/core";
import { MailQueueError } from "../errors.ts";
import type { QueueFileKind, QueueFileNames, QueueFiles } from "./files.ts";
import { queueDraftAgeMaxMs } from "./limits.ts";

/**
 * Ends what a process that died had begun: reports that were owed come into the queue, those that were not go, and so does what is
 * left of messages that are gone. Only for the process that has the lease.
 */
export async function putInOrder(files: QueueFiles, clock: Clock): Promise<void> {
  const names = await files.names();
  const mails = names.get("mail")!;
  const owed = await owedReports(files, names.get("report")!, names.get("log")!);
  for (const id of names.get("report")!) {
    if (owed.has(id)) await files.publish(id, "report");
    else await files.remove(id, "report");
  }
  await files.removeDrafts(clock.wall() - queueDraftAgeMaxMs);
  for (const id of names.get("log")!) if (!mails.has(id)) await files.remove(id, "log");
  const olderThan = clock.wall() - queueDraftAgeMaxMs;
  for (const id of names.get("part")!) await removeOlder(files, id, "part", olderThan);
  await removeOrphans(files, names, olderThan);
}

/** Takes away what was said of messages that are gone. What is younger may belong to one that another process is just bringing. */
export async function removeOrphans(files: QueueFiles, names: QueueFileNames, olderThan: number): Promise<void> {
  const mails = names.get("mail")!;
  for (const kind of ["hold", "flush"] as const)
    for (const id of names.get(kind)!) if (!mails.has(id)) await removeOlder(files, id, kind, olderThan);
}

async function removeOlder(files: QueueFiles, id: string, kind: QueueFileKind, olderThan: number): Promise<void> {
  const modified = await files.modified(id, kind);
  if (modified !== undefined && modified < olderThan) await files.remove(id, kind);
}

/** The reports that were written and that a log names. */
async function owedReports(
  files: QueueFiles,
  reports: ReadonlySet<string>,
  logs: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const owed = new Set<string>();
  if (reports.size === 0) return owed;
  for (const id of logs) {
    const named = await reportsOf(files, id);
    if (named === undefined) return reports; // it may name any of them: better one too many than one that is lost
    for (const report of named) if (reports.has(report)) owed.add(report);
  }
  return owed;
}

/** `undefined`: the log cannot be read; it is set aside when its message is looked at. */
async function reportsOf(files: QueueFiles, id: string): Promise<readonly string[] | undefined> {
  try {
    return (await files.steps(id)).steps.flatMap((step) => step.reports);
  } catch (error) {
    if (error instanceof MailQueueError && error.code === "unreadable") return undefined;
    throw error;
  }
}
