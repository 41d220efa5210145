import { quote, suggestion } from "@hawser/core";
import type { ConfigurationDocument, DataPath } from "./document.ts";
import type { ConfigurationProblem } from "./errors.ts";
import { configurationLimits as limits } from "./limits.ts";

/** Collects what is wrong while a document is read, so that all of it can be told at once. */
export class ProblemList {
  readonly problems: ConfigurationProblem[] = [];
  readonly #document: ConfigurationDocument;

  constructor(document: ConfigurationDocument) {
    this.#document = document;
  }

  add(path: DataPath, fault: string, more: Pick<ConfigurationProblem, "service" | "option"> = {}): void {
    if (this.problems.length < limits.problemsMax) {
      this.problems.push({ place: this.#document.placeOf(path), ...more, fault });
    }
  }

  /** Reads the members of an object, and complains about those that mean nothing. */
  members(data: unknown, path: DataPath, known: readonly string[], what: string): Readonly<Record<string, unknown>> {
    if (!isObject(data)) {
      this.add(path, `${what} is not an object`);
      return {};
    }
    for (const name of Object.keys(data)) {
      if (this.problems.length >= limits.problemsMax) break;
      if (known.includes(name) || data[name] === undefined) continue;
      this.add([...path, name], `${what} has no ${quote(name)}, ${suggestion(name, known)}`);
    }
    return data;
  }

  text(data: unknown, path: DataPath, what: string): string | undefined {
    if (data === undefined) return undefined;
    if (typeof data === "string" && /^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,4096}$/.test(data)) return data;
    this.add(path, `${what} is not a text of one line`);
    return undefined;
  }
}

/** Tells an object from a list and from nothing. */
export function isObject(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
