import type { Clock } from "@hawser/core";

/** How long one family waits for the other that is late: long enough for a server that has to ask others, and no more. */
const otherFamilyMs = 1_000;

/**
 * Asks for both families at once (RFC 8305 §3). One is enough: the other is waited for a little while, and given up.
 * @throws what the more telling of both failed with, when neither has an answer
 */
export async function bothFamilies<One, Other>(
  clock: Clock,
  one: (signal: AbortSignal) => Promise<One>,
  other: (signal: AbortSignal) => Promise<Other>,
  signal: AbortSignal | undefined,
): Promise<readonly (One | Other)[]> {
  signal?.throwIfAborted();
  const late = new AbortController();
  const giveUp = (): void => late.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  const asked = [one(late.signal), other(late.signal)];
  try {
    await Promise.any(asked).then(
      () => settledWithin(clock, asked, otherFamilyMs),
      () => {},
    );
    late.abort(tooLate);
    const outcomes = await Promise.allSettled(asked);
    const found = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    if (found.length > 0) return found;
    signal?.throwIfAborted();
    throw mostTelling(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as unknown));
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

const tooLate = new Error("The other family has answered, and this one has not");

async function settledWithin(clock: Clock, work: readonly Promise<unknown>[], ms: number): Promise<void> {
  let timer: { cancel(): void } | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.after(ms, resolve);
  });
  await Promise.race([Promise.allSettled(work), late]);
  timer?.cancel();
}

/** That something failed says more than that there is nothing of one family. */
function mostTelling(errors: readonly unknown[]): unknown {
  const isDenial = (error: unknown): boolean =>
    ["name-not-found", "no-data"].includes((error as { code?: string })?.code ?? "");
  return errors.find((error) => !isDenial(error)) ?? errors[0];
}
