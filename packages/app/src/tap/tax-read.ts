import { quote } from "@hawser/core";
import { type SaxesAttributePlain, SaxesParser, type SaxesTagPlain } from "saxes";
import { badKey, type ConfigurationDocument, type DataPath, PlaceTable, syntaxError } from "../config/document.ts";
import type { ConfigurationError } from "../config/errors.ts";
import { configurationLimits as limits } from "../config/limits.ts";
import { unescapeXmlText } from "./escape.ts";

/**
 * Reads a tax file into the data that the tap file of the same application holds. Document types, entities beyond XML's
 * own five, and processing instructions are refused.
 * @throws {ConfigurationError} with line and column
 */
export function readTax(text: string, file: string): ConfigurationDocument {
  const reader = new TaxReader(file);
  const data = reader.readAll(text);
  return { file, data, placeOf: (path) => reader.places.find(path) };
}

/** An element that is open. */
interface TaxFrame {
  readonly tag: string;
  readonly path: DataPath;
  /** What its children are put into; a leaf has none. */
  readonly data: unknown[] | Record<string, unknown> | undefined;
  text: string;
}

const values = ["text", "number", "boolean", "list", "object"] as const;

/** Which elements may stand in which. */
const children: Readonly<Record<string, readonly string[]>> = {
  "": ["application"],
  application: ["users", "service"],
  users: ["text"],
  service: ["restart", ...values],
  list: values,
  object: values,
};

const attributesOf: Readonly<Record<string, readonly string[]>> = {
  application: ["hawser", "version", "name", "directory"],
  service: ["command", "name"],
  restart: ["when", "restartsMax", "withinMs"],
  ...Object.fromEntries(values.map((tag) => [tag, ["name"]])),
};

class TaxReader {
  readonly places: PlaceTable;
  readonly #file: string;
  readonly #parser = new SaxesParser();
  readonly #document: Record<string, unknown> = {};
  readonly #frames: TaxFrame[] = [{ tag: "", path: [], data: this.#document, text: "" }];
  #values = 0;

  constructor(file: string) {
    this.#file = file;
    this.places = new PlaceTable(file);
  }

  readAll(text: string): unknown {
    const parser = this.#parser;
    parser.on("error", (error) => {
      throw this.#fault(error.message.replace(/^\d+:\d+: /, ""), error);
    });
    parser.on("xmldecl", ({ version = "1.0", encoding = "UTF-8" }) => {
      if (version !== "1.0" || encoding.toUpperCase() !== "UTF-8") throw this.#fault("it is not XML 1.0 in UTF-8");
    });
    parser.on("doctype", () => {
      throw this.#fault("a document type is not allowed");
    });
    parser.on("processinginstruction", () => {
      throw this.#fault("a processing instruction is not allowed");
    });
    parser.on("opentag", (tag) => this.#open(tag));
    parser.on("text", (part) => this.#text(part));
    parser.on("cdata", (part) => this.#text(part));
    parser.on("closetag", () => this.#close());
    parser.write(text).close();
    return this.#document;
  }

  #open({ name: tag, attributes }: SaxesTagPlain): void {
    const parent = this.#frames.at(-1)!;
    if (children[parent.tag]?.includes(tag) !== true)
      throw this.#fault(`<${cut(tag)}> may not stand ${inside(parent)}`);
    if (this.#frames.length > limits.depthMax) throw this.#fault(`it is nested deeper than ${limits.depthMax}`);
    if (++this.#values > limits.valuesMax) throw this.#fault(`it has more than ${limits.valuesMax} values`);
    const given = this.#attributes(tag, attributes as Readonly<Record<string, SaxesAttributePlain | string>>);
    this.#frames.push(this.#frame(parent, tag, given));
  }

  /** Attributes as texts; those that an element does not have are refused. */
  #attributes(tag: string, attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
    const given: Record<string, string> = {};
    for (const [name, value] of Object.entries(attributes)) {
      if (attributesOf[tag]?.includes(name) !== true) throw this.#fault(`<${tag}> has no attribute ${quote(name)}`);
      given[name] = this.#unescape(value as string);
    }
    return given;
  }

  #frame(parent: TaxFrame, tag: string, given: Readonly<Record<string, string>>): TaxFrame {
    switch (tag) {
      case "application":
        return this.#application(given);
      case "users":
        return this.#into(parent, "users", tag, []);
      case "service":
        return this.#service(parent, given);
      case "restart":
        return this.#into(parent, "restart", tag, restartMembers(given));
      default:
        return this.#value(parent, tag, given["name"]);
    }
  }

  #application({ hawser, version = "", ...members }: Readonly<Record<string, string>>): TaxFrame {
    if (hawser !== "tax") throw this.#fault(`it is no tax file: <application> lacks hawser="tax"`);
    const application = { ...members, services: [] };
    Object.assign(this.#document, {
      hawser: "tap",
      version: /^\d{1,9}$/.test(version) ? Number(version) : version,
      application,
    });
    this.#mark(["version"]);
    return this.#marked({ tag: "application", path: ["application"], data: application, text: "" });
  }

  #service(parent: TaxFrame, given: Readonly<Record<string, string>>): TaxFrame {
    const { services } = parent.data as { readonly services: unknown[] };
    const options = {};
    const service = { ...given, options };
    services.push(service);
    const path = [...parent.path, "services", services.length - 1];
    this.#mark(path);
    // Its children are its options; `restart` alone goes beside them.
    return { tag: "service", path: [...path, "options"], data: options, text: "" };
  }

  #value(parent: TaxFrame, tag: string, name: string | undefined): TaxFrame {
    const isNamed = !Array.isArray(parent.data);
    if (isNamed !== (name !== undefined)) {
      throw this.#fault(isNamed ? `<${tag}> lacks its name` : `<${tag}> has a name, and stands in a list`);
    }
    const key = name ?? (parent.data as unknown[]).length;
    if (tag === "list") return this.#into(parent, key, tag, []);
    if (tag === "object") return this.#into(parent, key, tag, {});
    this.#put(parent, key, undefined);
    return this.#marked({ tag, path: [...parent.path, key], data: undefined, text: "" });
  }

  /** Opens an element whose data is put into its parent's at once. */
  #into(parent: TaxFrame, key: string | number, tag: string, data: unknown[] | Record<string, unknown>): TaxFrame {
    if (tag === "restart") {
      const service = this.#serviceOf(parent);
      if (service["restart"] !== undefined) throw this.#fault("a service has one restart policy");
      service["restart"] = data;
      return this.#marked({ tag, path: [...parent.path.slice(0, -1), "restart"], data: undefined, text: "" });
    }
    this.#put(parent, key, data);
    return this.#marked({ tag, path: [...parent.path, key], data, text: "" });
  }

  #serviceOf({ path }: TaxFrame): Record<string, unknown> {
    const { services } = this.#document["application"] as { readonly services: Record<string, unknown>[] };
    return services[path[2] as number]!;
  }

  #put({ data }: TaxFrame, key: string | number, value: unknown): void {
    if (Array.isArray(data)) return void data.push(value);
    const members = data as Record<string, unknown>;
    const fault =
      badKey(String(key)) ?? (Object.hasOwn(members, key) ? `the name ${quote(String(key))} comes twice` : undefined);
    if (fault !== undefined) throw this.#fault(fault);
    members[key] = value;
  }

  #text(part: string): void {
    const frame = this.#frames.at(-1)!;
    if (frame.data === undefined && frame.tag !== "restart") frame.text += part;
    else if (part.trim() !== "") throw this.#fault(`text may not stand ${inside(frame)}`);
  }

  #close(): void {
    const { tag, path, data, text } = this.#frames.pop()!;
    if (data !== undefined || tag === "restart") return;
    const parent = this.#frames.at(-1)!.data as Record<string | number, unknown>;
    parent[path.at(-1)!] = this.#leaf(tag, this.#unescape(text));
  }

  #leaf(tag: string, text: string): string | number | boolean {
    if (tag === "text") return text;
    if (tag === "boolean" && (text === "true" || text === "false")) return text === "true";
    const number = Number(text);
    if (tag === "number" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) && Number.isFinite(number)) return number;
    throw this.#fault(`${quote(text)} is no ${tag}`);
  }

  #unescape(text: string): string {
    const plain = unescapeXmlText(text);
    if (plain === undefined) throw this.#fault("a backslash stands before something that is no escape");
    return plain;
  }

  #marked(frame: TaxFrame): TaxFrame {
    this.#mark(frame.path);
    return frame;
  }

  #mark(path: DataPath): void {
    this.places.set(path, this.#parser.line, Math.max(1, this.#parser.columnIndex));
  }

  #fault(fault: string, cause?: unknown): ConfigurationError {
    const { line, columnIndex } = this.#parser;
    return syntaxError({ file: this.#file, line, column: Math.max(1, columnIndex) }, fault, cause);
  }
}

function restartMembers({ when, restartsMax, withinMs }: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    ...(when === undefined ? {} : { when }),
    ...(restartsMax === undefined ? {} : { restartsMax: wholeNumber(restartsMax) }),
    ...(withinMs === undefined ? {} : { withinMs: wholeNumber(withinMs) }),
  };
}

/** A number, or the text as it is, which is complained about where all spellings meet. */
function wholeNumber(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function inside({ tag }: TaxFrame): string {
  return tag === "" ? "there" : `in <${tag}>`;
}

function cut(tag: string): string {
  return tag.length > 32 ? `${tag.slice(0, 32)}…` : tag;
}
