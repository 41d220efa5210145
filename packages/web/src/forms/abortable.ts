/** The same items; waiting for the next one ends with `signal.reason` when the signal aborts. */
export async function* abortable<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const read = await nextUnlessAborted(iterator, signal);
      if (read.done) return;
      yield read.value;
    }
  } finally {
    const closed = iterator.return?.();
    // A source that hangs in its `next` would hang here too.
    if (signal?.aborted) closed?.catch(() => {});
    else await closed;
  }
}

function nextUnlessAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal | undefined): Promise<IteratorResult<T>> {
  if (signal === undefined) return iterator.next();
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
