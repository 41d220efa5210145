/** Which tests a command runs, and how. */
export interface Selection {
  /** Told the path of a test's source, and its text. */
  readonly takes: (path: string, text: string) => boolean;
  /** Added to the environment of the tests. */
  readonly environment: Readonly<Record<string, string>>;
  /** Neighbours share a process. Default: each file has its own. */
  readonly batched?: boolean;
  /** How many files at once; absent for one per processor. */
  readonly concurrency?: number;
  /** How long one test may take. */
  readonly timeoutMs: number;
}

const minuteMs = 60_000;

/** The selections, by the name that tools/run.mjs gives. */
export const selections: Readonly<Record<string, Selection>> = {
  /** `npm test`: the checks, and every test that needs no outside program. */
  all: { takes: (path) => !isInterop(path), environment: {}, batched: true, timeoutMs: 3 * minuteMs },
  /** The same without the checks of the sources, which come out alike on every version of Node. */
  tests: {
    takes: (path) => !isInterop(path) && !isCheck(path),
    environment: {},
    batched: true,
    timeoutMs: 3 * minuteMs,
  },
  /** `npm run test:interop`: real peers, one at a time, because they share ports and processors. */
  interop: { takes: isInterop, environment: {}, concurrency: 1, timeoutMs: 5 * minuteMs },
  /** `npm run test:soak`: the tests that try many more seeds when they see HAWSER_SOAK. */
  soak: { takes: isSeeded, environment: { HAWSER_SOAK: "1" }, timeoutMs: 60 * minuteMs },
};

function isInterop(path: string): boolean {
  return path.endsWith(".interop.test.ts");
}

function isCheck(path: string): boolean {
  return path.startsWith("tools/src/checks/");
}

function isSeeded(path: string, text: string): boolean {
  return /\bseeds\(|HAWSER_SOAK/.test(text) && !isInterop(path);
}
