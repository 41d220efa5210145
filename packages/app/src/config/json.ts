import { quote } from "@hawser/core";
import {
  badKey,
  type ConfigurationDocument,
  type DataPath,
  lineAndColumn,
  PlaceTable,
  syntaxError,
} from "./document.ts";
import type { ConfigurationError } from "./errors.ts";
import { configurationLimits as limits } from "./limits.ts";

/**
 * Reads JSON (RFC 8259) with the place of every value. Stricter than `JSON.parse`: a key may not come twice, numbers must
 * be ones, and depth and size are bounded.
 * @throws {ConfigurationError} with line and column
 */
export function readJson(text: string, file: string): ConfigurationDocument {
  const reader = new JsonReader(text, file);
  const data = reader.readAll();
  return { file, data, placeOf: (path) => reader.places.find(path) };
}

class JsonReader {
  readonly places: PlaceTable;
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #values = 0;
  /** Lines are counted as the reader goes, so that places cost nothing extra. */
  #line = 1;
  #lineStart = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    this.places = new PlaceTable(file);
  }

  readAll(): unknown {
    this.#skipSpace();
    const data = this.#value([]);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#fault("nothing may follow the value");
    return data;
  }

  #value(path: DataPath): unknown {
    if (path.length > limits.depthMax) throw this.#fault(`it is nested deeper than ${limits.depthMax}`);
    if (++this.#values > limits.valuesMax) throw this.#fault(`it has more than ${limits.valuesMax} values`);
    this.places.set(path, this.#line, this.#at - this.#lineStart + 1);
    const first = this.#text[this.#at];
    if (first === "{") return this.#object(path);
    if (first === "[") return this.#list(path);
    return first === '"' ? this.#string() : this.#word();
  }

  #object(path: DataPath): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    this.#items("}", () => {
      const [start, line, column] = [this.#at, this.#line, this.#at - this.#lineStart + 1];
      if (this.#text[start] !== '"') throw this.#fault("a key in quotes is missing");
      const key = this.#string();
      this.#requireNew(members, key, start);
      this.#skipSpace();
      this.#take(":");
      this.#skipSpace();
      members[key] = this.#value([...path, key]);
      this.places.set([...path, key], line, column); // where its key is, for whoever looks for it
    });
    return members;
  }

  #list(path: DataPath): unknown[] {
    const items: unknown[] = [];
    this.#items("]", () => void items.push(this.#value([...path, items.length])));
    return items;
  }

  /** Items between commas, up to a closing bracket. */
  #items(close: string, item: () => void): void {
    this.#at++;
    this.#skipSpace();
    if (this.#text[this.#at] === close) return void this.#at++;
    for (;;) {
      item();
      this.#skipSpace();
      if (this.#text[this.#at] === close) return void this.#at++;
      this.#take(",", ` or ${close}`);
      this.#skipSpace();
    }
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw this.#fault("it ends too early");
      if (code < 0x20) throw this.#fault("a control character must be escaped in a string");
      if (code === 0x22) break;
      this.#at += code === 0x5c ? this.#escapeLength() : 1;
    }
    return JSON.parse(this.#text.slice(start, ++this.#at)) as string;
  }

  #escapeLength(): number {
    const escaped = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
    escaped.lastIndex = this.#at;
    const found = escaped.exec(this.#text)?.[0];
    if (found === undefined) throw this.#fault("there is no such escape");
    return found.length;
  }

  #word(): unknown {
    const match = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.#text)?.[0];
    if (found === undefined)
      throw this.#fault(this.#at < this.#text.length ? "a value is missing" : "it ends too early");
    const value: unknown = JSON.parse(found);
    if (typeof value === "number" && !Number.isFinite(value))
      throw this.#fault(`${quote(found)} is too large a number`);
    this.#at += found.length;
    return value;
  }

  #requireNew(members: Record<string, unknown>, key: string, start: number): void {
    const fault = badKey(key) ?? (Object.hasOwn(members, key) ? `the key ${quote(key)} comes twice` : undefined);
    if (fault !== undefined) throw this.#fault(fault, start);
  }

  #take(expected: string, more = ""): void {
    if (this.#text[this.#at] !== expected) {
      throw this.#fault(this.#at < this.#text.length ? `a ${expected}${more} is missing` : "it ends too early");
    }
    this.#at++;
  }

  #skipSpace(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x0a) {
        this.#line++;
        this.#lineStart = this.#at + 1;
      } else if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return;
    }
  }

  #fault(fault: string, at = this.#at): ConfigurationError {
    return syntaxError({ file: this.#file, ...lineAndColumn(this.#text, at) }, fault);
  }
}
