import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";
import { root } from "../tree.ts";
import { sourcePath } from "./files.ts";

/**
 * Reports a test run: failures in full, skipped tests with their reason, the slowest files, and the runner's own counts
 * as the last lines. What passed is not worth a line.
 */
export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const run = new Run();
  for await (const event of events) yield* run.take(event);
  yield* run.slowest();
  yield* run.counts;
}

const slowMs = 2_000;
const slowestMax = 8;

class Run {
  readonly counts: string[] = [];
  /** The names of the tests that are being told about, outermost first. */
  readonly #names: string[] = [];
  /** What the files print, kept for the case that one fails. */
  readonly #printed = new Map<string, string>();
  readonly #durations = new Map<string, number>();
  /** The test of each file that began last: what was going on when a file is ended. */
  readonly #begun = new Map<string, string>();

  *take(event: TestEvent): Generator<string> {
    if (event.type === "test:start") this.#names[event.data.nesting] = event.data.name;
    else if (event.type === "test:dequeue") this.#begun.set(event.data.file ?? "", event.data.name);
    else if (event.type === "test:stdout" || event.type === "test:stderr") this.#keep(event.data);
    else if (event.type === "test:pass") yield* this.#passed(event.data);
    else if (event.type === "test:fail") yield* this.#failed(event.data);
    else if (event.type === "test:diagnostic" && event.data.nesting === 0) this.#told(event.data.message);
  }

  *slowest(): Generator<string> {
    const slow = [...this.#durations].filter(([, ms]) => ms >= slowMs).sort(([, a], [, b]) => b - a);
    for (const [file, ms] of slow.slice(0, slowestMax)) yield `  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}\n`;
  }

  #keep({ file, message }: { readonly file?: string; readonly message: string }): void {
    this.#printed.set(file ?? "", (this.#printed.get(file ?? "") ?? "") + message);
  }

  *#passed(test: Passed): Generator<string> {
    this.#count(test);
    if (test.skip !== undefined) yield `- skipped ${this.#title(test)}: ${test.skip}\n`;
  }

  *#failed(test: Failed): Generator<string> {
    this.#count(test);
    const error: FailedError = test.details.error;
    if (error.failureType === "subtestsFailed") return;
    if (error.failureType === "cancelledByParent") yield `✖ ${this.#title(test)}: ${error.message}\n`;
    else yield* this.#explained(test, error);
  }

  *#explained(test: Failed, error: FailedError): Generator<string> {
    const shown = error.cause instanceof Error ? errorText(error.cause) : inspect(error.cause ?? error.message);
    yield `\n✖ ${this.#title(test)}\n${indent(shown)}\n`;
    if (error.failureType === "testTimeoutFailure")
      yield `  The test that began last: ${this.#begun.get(test.file ?? "")}\n`;
    const printed = this.#printed.get(test.file ?? "");
    this.#printed.delete(test.file ?? "");
    if (printed !== undefined) yield `  It printed:\n${indent(printed.trimEnd())}\n`;
  }

  /** The runner tells its counts at the end; what tests tell besides is for their own files' runs. */
  #told(message: string): void {
    const isCount = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(message);
    if (isCount) this.counts.push(`ℹ ${message}\n`);
  }

  #count({ nesting, file, details }: Passed | Failed): void {
    if (nesting > 0) return;
    const path = shortPath(file ?? "");
    this.#durations.set(path, (this.#durations.get(path) ?? 0) + details.duration_ms);
  }

  #title({ nesting, name, file = "" }: Passed | Failed): string {
    const names = [...this.#names.slice(0, nesting), name].filter((part) => part !== file);
    return [shortPath(file), ...names].join(" › ");
  }
}

type Passed = Extract<TestEvent, { type: "test:pass" }>["data"];
type Failed = Extract<TestEvent, { type: "test:fail" }>["data"];
type FailedError = Failed["details"]["error"] & { readonly failureType?: string };

function shortPath(file: string): string {
  return sourcePath(relative(root, file).replaceAll("\\", "/"));
}

/** The stack without the runner's own frames, down to the first cause. */
function errorText(error: Error): string {
  const frames = (error.stack ?? error.message).split("\n").filter((line) => !/^\s+at .*(node:|Promise \()/.test(line));
  const cause = error.cause instanceof Error ? [`caused by ${errorText(error.cause)}`] : [];
  return [...frames, ...cause].join("\n");
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}
