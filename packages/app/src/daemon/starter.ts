import { type HandOver, type RunReport, startedBy } from "./messages.ts";

/** The process that started this one to run an application, and waits for news. */
export interface Starter extends HandOver {
  /** Tells how the start went; afterwards nothing connects the two any more. */
  report(report: RunReport): Promise<void>;
}

/** Whoever started us hands over at once. */
const handOverMs = 10_000;

/** The one who started this process, when it was started to run what another has read; else `undefined`. */
export async function findStarter(): Promise<Starter | undefined> {
  const parent = process.env[startedBy];
  delete process.env[startedBy];
  if (parent !== String(process.ppid) || process.send === undefined) return undefined;
  const handedOver = await received();
  return { ...handedOver, report: reportAndPart };
}

function received(): Promise<HandOver> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Cannot start: nothing was handed over")), handOverMs);
    process.once("message", (message) => {
      clearTimeout(timer);
      resolve(message as HandOver);
    });
    process.send!({ type: "listens" } satisfies RunReport);
  });
}

/** Resolves when it is told, or nobody is there to hear it. */
function reportAndPart(report: RunReport): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve();
    process.send!(report, undefined, undefined, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}
