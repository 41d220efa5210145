import { quote, type Reactor } from "@hawser/core";
import { CheckerError, type CheckerErrorCode, type CheckerSpan } from "./checker-error.ts";

/** A field of a checker's text. */
interface Field extends CheckerSpan {
  readonly name: string | undefined;
  readonly value: string;
}

/** The text of a checker, taken apart for its kind: `twisted:users.txt:case=no` has one value and one parameter. */
export class CheckerText {
  readonly text: string;
  readonly kind: string;
  /** Whose files and time the checker shall use. */
  readonly reactor: Reactor;
  readonly #fields: readonly Field[];

  constructor(text: string, reactor: Reactor) {
    const [kind, ...fields] = readFields(text);
    this.text = text;
    this.kind = kind!.name === undefined ? kind!.value : "";
    this.reactor = reactor;
    this.#fields = fields;
  }

  /** Values without a name. */
  get values(): readonly string[] {
    return this.#bare.map(({ value }) => value);
  }

  /** The only value without a name. @throws {CheckerError} when there is none, or another */
  only(what: string): string {
    const [field, second] = this.#bare;
    if (field === undefined || field.value === "")
      this.refuse("missing-value", field ?? this.#end, `the ${what} is missing`);
    if (second !== undefined)
      this.refuse("too-many-values", second, `a parameter is spelt NAME=VALUE, and a ":" in a value "\\:"`);
    return field.value;
  }

  /** All values without a name as one, for URLs: `ldaps://host:636` needs no escapes. */
  joined(what: string): string {
    const text = this.values.join(":");
    if (text === "") this.refuse("missing-value", this.#end, `the ${what} is missing`);
    return text;
  }

  /** The parameters with these names. @throws {CheckerError} for others, and for those given twice */
  parameters<Name extends string>(...names: readonly Name[]): Readonly<Partial<Record<Name, string>>> {
    const found: Partial<Record<Name, string>> = {};
    for (const field of this.#fields) {
      if (field.name === undefined) continue;
      const name = names.find((one) => one === field.name);
      if (name === undefined)
        this.refuse("unknown-parameter", field, `${this.kind} has no parameter ${quote(field.name)}${listed(names)}`);
      if (found[name] !== undefined) this.refuse("unknown-parameter", field, `${name} is given twice`);
      found[name] = field.value;
    }
    return found;
  }

  /** Refuses the value at a place among those without a name. */
  refuseValue(at: number, code: CheckerErrorCode, reason: string): never {
    this.refuse(code, this.#bare[at] ?? this.#end, reason);
  }

  refuse(code: CheckerErrorCode, part: CheckerSpan, reason: string): never {
    throw new CheckerError(code, this.text, part, reason);
  }

  /** The part with the kind. */
  get kindSpan(): CheckerSpan {
    return { offset: 0, length: this.kind.length };
  }

  /** A parameter's part, or the end where it is missing. */
  spanOf(name: string): CheckerSpan {
    return this.#fields.find((field) => field.name === name) ?? this.#end;
  }

  get #bare(): readonly Field[] {
    return this.#fields.filter(({ name }) => name === undefined);
  }

  get #end(): CheckerSpan {
    return { offset: this.text.length, length: 1 };
  }
}

/** Twisted's spelling, as endpoints have it: `:` separates, the first `=` after a word names, `\` makes the next character ordinary. */
function readFields(text: string): readonly Field[] {
  const fields: Field[] = [];
  let [name, value, offset]: [string | undefined, string, number] = [undefined, "", 0];
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === undefined || character === ":") {
      fields.push({ name, value, offset, length: at - offset });
      [name, value, offset] = [undefined, "", at + 1];
    } else if (character === "=" && name === undefined && /^[a-z][\w-]*$/i.test(value)) {
      [name, value] = [value, ""];
    } else if (character === "\\") {
      at++;
      if (at === text.length)
        throw new CheckerError("bad-syntax", text, { offset: at - 1, length: 1 }, 'a "\\" stands alone at the end');
      value += text[at];
    } else {
      value += character;
    }
  }
  return fields;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "" : `, only ${names.join(", ")}`;
}
