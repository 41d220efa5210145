import { type Clock, ConnectionError, onAbort } from "@hawser/core";
import type { MailConsignment, MailTransport, MailTransportResult } from "../queue.ts";

/** One attempt. */
export interface DeliverParts extends MailConsignment {
  readonly clock: Clock;
  readonly transport: MailTransport;
  readonly timeoutMs: number;
  /** Nobody wants it any more: the queue stops, or the message was taken out. */
  readonly signal: AbortSignal;
}

type Ending =
  | { readonly type: "told"; readonly results: readonly MailTransportResult[] }
  | { readonly type: "threw"; readonly error: unknown }
  | { readonly type: "silent" };

/**
 * Has a transport deliver, and gives a result for each recipient whatever the transport does. `undefined`: it was given up before
 * it told anything. A transport that is told to end has a little while to tell what it has done.
 */
export async function deliverOnce(parts: DeliverParts): Promise<readonly MailTransportResult[] | undefined> {
  const { clock, signal, timeoutMs, recipients } = parts;
  if (signal.aborted) return undefined;
  const controller = new AbortController();
  let fallSilent!: (ending: Ending) => void;
  const silence = new Promise<Ending>((resolve) => {
    fallSilent = resolve;
  });
  const end = (reason: unknown): void => {
    controller.abort(reason);
    timers.push(clock.after(lastWordsMs, () => fallSilent({ type: "silent" })));
  };
  const timers = [clock.after(timeoutMs, () => end(new Error("The attempt took too long")))];
  const letGo = onAbort(signal, () => end(signal.reason));
  try {
    const ending = await Promise.race([ask(parts, controller.signal), silence]);
    if (ending.type === "told") return recipients.map((_, i) => ending.results[i] ?? untold);
    if (signal.aborted) return undefined;
    const result = ending.type === "silent" ? late : resultOf(ending.error);
    return recipients.map(() => result);
  } finally {
    for (const timer of timers) timer.cancel();
    letGo();
  }
}

async function ask({ transport, mail, recipients, content }: DeliverParts, signal: AbortSignal): Promise<Ending> {
  try {
    return { type: "told", results: await transport.deliver({ mail, recipients, content, signal }) };
  } catch (error) {
    return { type: "threw", error };
  }
}

/** What a transport throws is for another time. */
function resultOf(error: unknown): MailTransportResult {
  const text = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ConnectionError)) return { outcome: "deferred", status: "4.3.0", text };
  return { outcome: "deferred", status: "4.4.1", text, isBlocked: true };
}

const untold: MailTransportResult = { outcome: "deferred", status: "4.3.0", text: "Nobody told what came of it" };
const late: MailTransportResult = { outcome: "deferred", status: "4.4.7", text: "The attempt took too long" };
/** How long a transport may take to tell what it has done, when it is told to end. */
const lastWordsMs = 3_000;
