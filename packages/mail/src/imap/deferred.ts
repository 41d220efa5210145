/** A promise with its two ends in hand. */
export interface ImapDeferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

/** Makes one. That nobody waits for its failure is no error. */
export function imapDeferred<Value>(): ImapDeferred<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Value>((keep, breakIt) => {
    resolve = keep;
    reject = breakIt;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
