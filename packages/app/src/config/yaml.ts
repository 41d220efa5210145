import { quote } from "@hawser/core";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import {
  badKey,
  type ConfigurationDocument,
  type DataPath,
  PlaceTable,
  requireHandwritten,
  syntaxError,
} from "./document.ts";
import type { ConfigurationError } from "./errors.ts";
import { configurationLimits as limits } from "./limits.ts";

/**
 * Reads YAML 1.2 with the place of every value. Aliases stand for what their anchors hold, and each time it counts against
 * the bounds; tags that make anything but plain data are refused.
 * @throws {ConfigurationError} with line and column
 */
export function readYaml(text: string, file: string): ConfigurationDocument {
  requireHandwritten(text, file);
  const lines = new LineCounter();
  const [document, more] = documents(text, lines, file);
  const reader = new YamlReader(document, lines, file);
  if (more !== undefined) throw reader.fault("there is more than one document", more.range[0]);
  const data = reader.readAll();
  return { file, data, placeOf: (path) => reader.places.find(path) };
}

function documents(text: string, lines: LineCounter, file: string): readonly Document.Parsed[] {
  try {
    return parseAllDocuments(text, { lineCounter: lines, schema: "core", logLevel: "silent" }) as Document.Parsed[];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw syntaxError({ file }, `it is nested deeper than ${limits.depthMax}`, error); // the stack was too small for it
  }
}

class YamlReader {
  readonly places: PlaceTable;
  readonly #document: Document.Parsed | undefined;
  readonly #lines: LineCounter;
  readonly #file: string;
  readonly #anchors = new Map<string, Node>();
  #values = 0;
  /** How many aliases lead to what is being read. */
  #aliases = 0;

  constructor(document: Document.Parsed | undefined, lines: LineCounter, file: string) {
    this.#document = document;
    this.#lines = lines;
    this.#file = file;
    this.places = new PlaceTable(file);
  }

  readAll(): unknown {
    const [mistake] = [...(this.#document?.errors ?? []), ...(this.#document?.warnings ?? [])];
    if (mistake !== undefined) throw this.fault(mistakeText(mistake), mistake.pos[0], mistake);
    return this.#value(this.#document?.contents, []);
  }

  #value(node: Node | null | undefined, path: DataPath): unknown {
    const offset = node?.range?.[0] ?? 0;
    if (path.length > limits.depthMax) throw this.fault(`it is nested deeper than ${limits.depthMax}`, offset);
    if (++this.#values > limits.valuesMax) throw this.fault(`it has more than ${limits.valuesMax} values`, offset);
    this.#mark(path, offset);
    if (isAlias(node)) return this.#alias(node.source, path, offset);
    const { anchor } = (node ?? {}) as { readonly anchor?: string };
    if (anchor !== undefined && this.#aliases === 0) this.#anchors.set(anchor, node!);
    if (isMap(node)) return this.#map(node.items as readonly YamlPair[], path);
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item as Node, [...path, index]));
    return isScalar(node) ? node.value : null;
  }

  /** What an anchor has named, as it was last named before. */
  #alias(anchor: string, path: DataPath, offset: number): unknown {
    const node = this.#anchors.get(anchor);
    if (node === undefined) throw this.fault(`there is no anchor ${quote(anchor)} before it`, offset);
    this.#aliases++;
    const value = this.#value(node, path);
    this.#aliases--;
    return value;
  }

  #map(items: readonly YamlPair[], path: DataPath): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    for (const { key, value } of items) {
      const offset = key?.range?.[0] ?? 0;
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined) throw this.fault("a key is no plain text", offset);
      const bad = badKey(name) ?? (Object.hasOwn(members, name) ? `the key ${quote(name)} comes twice` : undefined);
      if (bad !== undefined) throw this.fault(bad, offset);
      members[name] = this.#value(value, [...path, name]);
      this.#mark([...path, name], offset);
    }
    return members;
  }

  #mark(path: DataPath, offset: number): void {
    const { line, col } = this.#lines.linePos(offset);
    this.places.set(path, line, col);
  }

  fault(fault: string, offset: number, cause?: unknown): ConfigurationError {
    const { line, col } = this.#lines.linePos(offset);
    return syntaxError({ file: this.#file, line, column: col }, fault, cause);
  }
}

/** The place is told by us; and a stack that was too small is no word for the reader. */
function mistakeText({ message }: Error): string {
  if (/call stack/.test(message)) return `it is nested deeper than ${limits.depthMax}`;
  return message.split(/ at line |\n/, 1)[0]!;
}

interface YamlPair {
  readonly key: Node | null;
  readonly value: Node | null;
}
