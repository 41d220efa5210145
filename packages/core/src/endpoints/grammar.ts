import { quote } from "../errors.ts";
import { EndpointError, type EndpointErrorCode, type EndpointSpan } from "./error.ts";
import { type EndpointField, escapeField } from "./fields.ts";
import type { EndpointShape, EndpointSource } from "./kind.ts";
import { suggestion } from "./nearest.ts";
import type { EndpointParameter } from "./parameters.ts";

/** The table from which a kind of endpoint is read and written. */
export interface EndpointGrammar<E extends EndpointShape> {
  readonly type: E["type"];
  readonly parameters: { readonly [K in Exclude<keyof E, "type">]-?: EndpointParameter<NonNullable<E[K]>> };
  /** What the fields without a name are, for each number of them: `[[], ["port"], ["host", "port"]]`. */
  readonly positional: readonly (readonly Exclude<keyof E, "type">[])[];
  readonly required?: readonly Exclude<keyof E, "type">[];
  /** Other names that people know a parameter by. */
  readonly aliases?: Readonly<Record<string, Exclude<keyof E, "type">>>;
}

/** Makes the two directions of a kind of endpoint out of its table. */
export function endpointGrammar<E extends EndpointShape>(
  grammar: EndpointGrammar<E>,
): { type: E["type"]; read(source: EndpointSource): E; write(endpoint: E): string } {
  const table = grammar as unknown as LooseGrammar;
  return {
    type: grammar.type,
    read: (source) => new GrammarReader(table, source).read() as unknown as E,
    write: (endpoint) => writeParameters(table, endpoint as unknown as Readonly<Record<string, unknown>>),
  };
}

/** The same table without the types that tie a name to its value: inside this file the loop does not know them. */
interface LooseGrammar {
  readonly type: string;
  readonly parameters: Readonly<Record<string, EndpointParameter<unknown>>>;
  readonly positional: readonly (readonly string[])[];
  readonly required?: readonly string[];
  readonly aliases?: Readonly<Record<string, string>>;
}

class GrammarReader {
  readonly #grammar: LooseGrammar;
  readonly #source: EndpointSource;
  readonly #values = new Map<string, unknown>();

  constructor(grammar: LooseGrammar, source: EndpointSource) {
    this.#grammar = grammar;
    this.#source = source;
  }

  read(): Record<string, unknown> {
    this.#readPositional(this.#source.fields.filter((field) => field.name === undefined));
    for (const field of this.#source.fields) if (field.name !== undefined) this.#readNamed(field.name, field);
    for (const name of this.#grammar.required ?? []) this.#require(name);
    return { type: this.#grammar.type, ...Object.fromEntries(this.#values) };
  }

  #readPositional(fields: readonly EndpointField[]): void {
    const { positional, type } = this.#grammar;
    const names = positional[fields.length];
    if (names === undefined) {
      const most = positional.at(-1)!;
      const taken = most.length === 0 ? "no value without a name" : `at most ${most.join(" and ")} without a name`;
      this.#refuse("too-many-values", fields[most.length]!, `${type} takes ${taken}`);
    }
    for (const [i, field] of fields.entries()) this.#keep(names[i]!, field);
  }

  #readNamed(spelled: string, field: EndpointField): void {
    const { parameters, aliases = {}, type } = this.#grammar;
    const name = Object.hasOwn(aliases, spelled) ? aliases[spelled]! : spelled;
    const span = { offset: field.start, length: spelled.length };
    if (!Object.hasOwn(parameters, name)) {
      const known = suggestion(spelled, [...Object.keys(parameters), ...Object.keys(aliases)]);
      this.#refuse("unknown-parameter", span, `${type} has no parameter ${quote(spelled)}, ${known}`);
    }
    if (this.#values.has(name)) this.#refuse("repeated-parameter", span, `${name} is given twice`);
    this.#keep(name, field);
  }

  #keep(name: string, field: EndpointField): void {
    try {
      this.#values.set(name, this.#grammar.parameters[name]!.read(field.value));
    } catch (error) {
      this.#refuse("bad-value", field, `${name} ${quote(field.value)} ${(error as Error).message}`);
    }
  }

  #require(name: string): void {
    if (this.#values.has(name)) return;
    const end = { offset: this.#source.text.length, length: 1 };
    this.#refuse("missing-parameter", end, `the ${name} is missing`);
  }

  #refuse(code: EndpointErrorCode, span: EndpointSpan, reason: string): never {
    throw new EndpointError(code, this.#source.text, span, reason);
  }
}

/** Writes the most values that may stand without a name, then the others with theirs, in the order of the table. */
function writeParameters(grammar: LooseGrammar, endpoint: Readonly<Record<string, unknown>>): string {
  const given = Object.keys(grammar.parameters).filter((name) => endpoint[name] !== undefined);
  const bare = grammar.positional.findLast((names) => names.every((name) => given.includes(name)))!;
  const value = (name: string) => escapeField(checked(grammar.parameters[name]!, endpoint[name]));
  const named = given.filter((name) => !bare.includes(name)).map((name) => `${name}=${value(name)}`);
  return `${grammar.type}:${[...bare.map(value), ...named].join(":")}`;
}

/** Refuses what could not be read again: an object made by hand may hold anything. */
function checked(parameter: EndpointParameter<unknown>, value: unknown): string {
  const written = parameter.write(value);
  try {
    parameter.read(written);
  } catch (error) {
    throw new TypeError(`Cannot write an endpoint: ${quote(written)} ${(error as Error).message}`);
  }
  return written;
}
