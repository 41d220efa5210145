import { relative } from "node:path";

/** What decides a simulated run. */
export type Seed = number | string;

/** How many seeds {@link seeds} gives. */
export interface SeedsOptions {
  /** How many seeds in an ordinary run: the first half is always the same, the others are new each time. Default 10. */
  readonly count?: number | undefined;
  /** How many in a long run (`HAWSER_SOAK=1`). Default 1,000. */
  readonly soakCount?: number | undefined;
}

/**
 * The seeds to try a test with: `for (const seed of seeds()) test(…)`. With `HAWSER_SEED` set, that one only; so the
 * command printed by a failing run replays it.
 */
export function seeds(options: SeedsOptions = {}): readonly Seed[] {
  const replayed = seedFromEnvironment();
  if (replayed !== undefined) return [replayed];
  const count = process.env["HAWSER_SOAK"] === "1" ? (options.soakCount ?? 1_000) : (options.count ?? 10);
  const fixed = Math.ceil(count / 2);
  const fresh = Date.now();
  return Array.from({ length: count }, (_, index) => (index < fixed ? index + 1 : fresh + index));
}

/** The seed of a run that names none: `HAWSER_SEED`, else 1. */
export function defaultSeed(): Seed {
  return seedFromEnvironment() ?? 1;
}

/** The command that runs this process again with one seed: `HAWSER_SEED=42 node --test dist/mail.test.js`. */
export function replayCommand(seed: Seed): string {
  const [, path] = process.argv;
  const script = path === undefined ? "" : ` ${shellWord(relative(".", path))}`;
  return `HAWSER_SEED=${shellWord(String(seed))} node --test${script}`;
}

function seedFromEnvironment(): Seed | undefined {
  const text = process.env["HAWSER_SEED"];
  if (text === undefined || text === "") return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function shellWord(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
