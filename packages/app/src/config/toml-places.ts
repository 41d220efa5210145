import type { DataPath, PlaceTable } from "./document.ts";
import { configurationLimits as limits } from "./limits.ts";

/** Notes where each key and each item of a TOML text stands. The text is known to be TOML: another reader has read it. */
export function placeTomlKeys(text: string, places: PlaceTable): void {
  new TomlPlacer(text, places).placeAll();
}

class TomlPlacer {
  readonly #text: string;
  readonly #places: PlaceTable;
  /** How many tables each `[[array]]` has so far, by its path. */
  readonly #counts = new Map<string, number>();
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, places: PlaceTable) {
    this.#text = text;
    this.#places = places;
  }

  placeAll(): void {
    let table: DataPath = [];
    for (this.#skipVoid(); this.#at < this.#text.length; this.#skipVoid()) {
      if (this.#text[this.#at] === "[") table = this.#header();
      else this.#assignment(table);
    }
  }

  #header(): DataPath {
    const start = this.#at;
    const isArray = this.#text[start + 1] === "[";
    this.#at += isArray ? 2 : 1;
    const key = this.#key();
    this.#at += isArray ? 2 : 1;
    const inner = this.#withIndices(key.slice(0, -1));
    const path = isArray ? this.#nextTable([...inner, ...key.slice(-1)]) : [...inner, ...key.slice(-1)];
    this.#mark(path, start);
    return path;
  }

  /** A new table at the end of an array of them. */
  #nextTable(path: DataPath): DataPath {
    const count = this.#counts.get(JSON.stringify(path)) ?? 0;
    this.#counts.set(JSON.stringify(path), count + 1);
    return [...path, count];
  }

  /** Where a key leads through an array of tables, its last table is meant. */
  #withIndices(key: DataPath): DataPath {
    const path: (string | number)[] = [];
    for (const part of key.slice(0, limits.depthMax)) {
      path.push(part);
      const count = this.#counts.get(JSON.stringify(path));
      if (count !== undefined) path.push(count - 1);
    }
    return path;
  }

  #assignment(table: DataPath): void {
    const start = this.#at;
    const path = [...table, ...this.#key().slice(0, limits.depthMax + 1)];
    this.#mark(path, start);
    this.#at++; // the =
    this.#skipSpace();
    this.#value(path);
  }

  /** A dotted key, up to whatever ends it. */
  #key(): readonly string[] {
    const parts: string[] = [];
    for (;;) {
      this.#skipSpace();
      parts.push(this.#keyPart());
      this.#skipSpace();
      if (this.#text[this.#at] !== ".") return parts;
      this.#at++;
    }
  }

  #keyPart(): string {
    const start = this.#at;
    const quote = this.#text[start];
    if (quote === '"' || quote === "'") {
      this.#string(quote);
      const inner = this.#text.slice(start + 1, this.#at - 1);
      return quote === "'" ? inner : unescaped(inner);
    }
    this.#skip(/[\w-]*/y);
    return this.#text.slice(start, this.#at);
  }

  #value(path: DataPath): void {
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") this.#string(first);
    else if (first === "[") this.#items("]", (index) => this.#item([...path, index]));
    else if (first === "{") this.#items("}", () => this.#assignment(path));
    else this.#skip(/[^,\]}#\r\n]*/y);
  }

  #item(path: DataPath): void {
    this.#mark(path, this.#at);
    this.#value(path);
  }

  #items(close: string, item: (index: number) => void): void {
    this.#at++;
    this.#skipVoid();
    for (let index = 0; this.#at < this.#text.length && this.#text[this.#at] !== close; index++) {
      item(index);
      this.#skipVoid();
      if (this.#text[this.#at] === ",") this.#at++;
      this.#skipVoid();
    }
    this.#at++;
  }

  #string(quote: string): void {
    const isLong = this.#text.startsWith(quote.repeat(3), this.#at);
    const close = isLong ? quote.repeat(3) : quote;
    this.#at += close.length;
    while (this.#at < this.#text.length && !this.#text.startsWith(close, this.#at)) {
      if (quote === '"' && this.#text[this.#at] === "\\") this.#at++;
      this.#step();
    }
    this.#at += close.length;
    // A long string may end with quotes of its own before the three that close it.
    while (isLong && this.#text[this.#at] === quote) this.#at++;
  }

  #skipVoid(): void {
    for (;;) {
      this.#skip(/[ \t\r]*/y);
      if (this.#text[this.#at] === "#") this.#skip(/[^\n]*/y);
      if (this.#text[this.#at] !== "\n" && this.#text[this.#at] !== "\ufeff") return;
      this.#step();
    }
  }

  #skipSpace(): void {
    this.#skip(/[ \t]*/y);
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.test(this.#text);
    this.#at = Math.max(this.#at, pattern.lastIndex);
  }

  #step(): void {
    if (this.#text[this.#at++] !== "\n") return;
    this.#line++;
    this.#lineStart = this.#at;
  }

  #mark(path: DataPath, start: number): void {
    this.#places.set(path, this.#line, start - this.#lineStart + 1);
  }
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text; // an escape that JSON does not have: only the place of this key is less exact
  }
}
