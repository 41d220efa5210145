import type { OpenLog } from "../logs/index.ts";

/** How long the last lines may take to a log that is elsewhere. */
const lastWordsMs = 1_000;

/**
 * Logs an error that nobody caught, and ends the process with status 1: what it left behind is not to be relied upon, and
 * whoever supervises it starts it anew.
 * @param beforeEnd must not wait
 * @returns ends it
 */
export function endOnCrash(opened: OpenLog, beforeEnd: () => void): () => void {
  const onCrash = (error: unknown, origin: string) => {
    opened.log.fatal({ err: error }, `ended by an error that nobody caught (${origin})`);
    beforeEnd();
    const end = () => process.exit(1);
    setTimeout(end, lastWordsMs);
    opened.close().then(end, end);
  };
  process.on("uncaughtException", onCrash);
  return () => void process.off("uncaughtException", onCrash);
}
