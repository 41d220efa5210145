import type { DnsExchanger } from "../../client/exchanger.ts";

/**
 * Holds back the questions that nobody's asker waits for (of copies of zones, of notices) until the service serves: until
 * then its predecessor may still do the same, with the same files.
 */
export class ServingGate implements DnsExchanger {
  readonly exchange: DnsExchanger["exchange"];
  readonly open: () => void;

  constructor(exchanger: () => DnsExchanger) {
    const { promise, resolve } = withResolvers();
    this.open = resolve;
    this.exchange = async (message, server, options) => {
      await untilOpen(promise, options?.signal);
      return exchanger().exchange(message, server, options);
    };
  }
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function untilOpen(open: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (signal === undefined) return open;
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([open, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
