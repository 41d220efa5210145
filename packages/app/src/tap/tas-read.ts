import type { CommandData } from "@hawser/core";
import { configurationLimits as limits } from "../config/limits.ts";
import type { ApplicationConfiguration, ConfiguredService } from "../config/maker.ts";
import { service } from "../config/maker.ts";
import { tasHeader } from "./tas-write.ts";

/** A tas file that was read without running it. */
export interface LiteralTas {
  readonly configuration: ApplicationConfiguration;
  /** The makers that it imports. */
  readonly makers: readonly string[];
}

/**
 * Reads a tas file as data, if it is as `formatTas` writes it: calls of makers with literals, and nothing else.
 * @returns `undefined` for any other program; whoever wants to know what it builds must run it
 */
export function readLiteralTas(text: string): LiteralTas | undefined {
  const head = /^import \{ ([\w$, ]+) \} from "hawser";\n\nexport default application\(/.exec(
    text.slice(tasHeader.length + 1),
  );
  if (!text.startsWith(`${tasHeader}\n`) || head === null) return undefined;
  const makers = head[1]!.split(", ").filter((name) => name !== "application" && name !== "service");
  try {
    const reader = new TasReader(text, tasHeader.length + 1 + head[0].length, new Set([...makers, "service"]));
    return { configuration: reader.readAll() as unknown as ApplicationConfiguration, makers };
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

/** Something that only a program could mean. */
class NotLiteral extends Error {}

type TasValue = CommandData | ConfiguredService | readonly TasValue[] | { readonly [key: string]: TasValue };

class TasReader {
  readonly #text: string;
  readonly #makers: ReadonlySet<string>;
  #at: number;

  constructor(text: string, start: number, makers: ReadonlySet<string>) {
    this.#text = text;
    this.#at = start;
    this.#makers = makers;
  }

  readAll(): TasValue {
    const value = this.#value(0);
    if (this.#text.slice(this.#at) !== ");\n") throw new NotLiteral();
    return value;
  }

  #value(depth: number): TasValue {
    if (depth > limits.depthMax) throw new NotLiteral();
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === "{") return this.#object(depth);
    if (first === "[") return this.#items("]", () => this.#value(depth + 1));
    return first === '"' ? this.#string() : this.#word(depth);
  }

  #object(depth: number): TasValue {
    const members = this.#items("}", () => {
      const key = this.#text[this.#at] === '"' ? this.#string() : this.#match(/[A-Za-z_$][\w$]*/y);
      if (key === "__proto__" || this.#match(/:/y) === "") throw new NotLiteral();
      return [key, this.#value(depth + 1)] as const;
    });
    return Object.fromEntries(members);
  }

  /** A number, a boolean, or the call of a maker. */
  #word(depth: number): TasValue {
    const number = this.#match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/y, "");
    if (number !== "") return Number(number);
    const word = this.#match(/[A-Za-z_$][\w$]*/y);
    if (word === "true" || word === "false") return word === "true";
    if (!this.#makers.has(word) || this.#text[this.#at] !== "(") throw new NotLiteral();
    const given = this.#items(")", () => this.#value(depth + 1));
    const [command, options, settings] = word === "service" ? given : [word, ...given];
    return service(command as string, options as Record<string, CommandData>, settings as object);
  }

  #items<Item>(close: string, item: () => Item): readonly Item[] {
    const items: Item[] = [];
    this.#at++;
    for (this.#skipSpace(); this.#text[this.#at] !== close; this.#skipSpace()) {
      items.push(item());
      this.#skipSpace();
      if (this.#text[this.#at] === ",") this.#at++;
      else if (this.#text[this.#at] !== close) throw new NotLiteral();
    }
    this.#at++;
    return items;
  }

  #string(): string {
    const start = this.#at++;
    while (this.#text[this.#at] !== '"') {
      if (this.#at >= this.#text.length) throw new NotLiteral();
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    try {
      return JSON.parse(this.#text.slice(start, ++this.#at)) as string;
    } catch {
      throw new NotLiteral();
    }
  }

  #match(pattern: RegExp, absent?: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? absent;
    if (found === undefined) throw new NotLiteral();
    this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    this.#match(/[ \n]*/y);
  }
}
