import { type CommandData, type CommandOption, quote, UsageError } from "@hawser/core";
import { isSecretReference, type SecretReference } from "../config/secret-reference.ts";

/** Leads from an option to the part of its data that is meant: `["/doc"]`, `[0]`. */
export type CommandDataPath = readonly (string | number)[];

/** One value of an option, as one would type it. */
export interface OptionPiece {
  readonly path: CommandDataPath;
  /** What stands before `=` in a pair. */
  readonly key?: string | undefined;
  /** The text; of a pair with a {@link key}, what follows `=`. */
  readonly content: string | SecretReference;
}

/** A mistake inside the data of an option. */
export class OptionDataFault extends Error {
  readonly path: CommandDataPath;

  constructor(fault: string, path: CommandDataPath = []) {
    super(fault);
    this.path = path;
  }
}

/** Takes the data of an option that has values apart into what one would have typed. @throws {OptionDataFault} */
export function optionPieces(option: CommandOption, data: CommandData): readonly OptionPiece[] {
  const pieces =
    option.repeatable && isList(data) && !isSecretReference(data)
      ? data.flatMap((item, index) => itemPieces(option, item, [index]))
      : itemPieces(option, data, []);
  if (!option.repeatable && pieces.length !== 1) throw new OptionDataFault("it takes one value");
  return pieces;
}

/** Reads a piece by the option's own rule. @throws {OptionDataFault} */
export function pieceValue(option: CommandOption, piece: OptionPiece): unknown {
  if (typeof piece.content !== "string") throw new OptionDataFault("it is a secret that was not read yet", piece.path);
  try {
    return option.parse(pieceText(piece, piece.content));
  } catch (error) {
    if (error instanceof UsageError) throw new OptionDataFault(error.message, piece.path);
    throw error;
  }
}

/** A piece as one would type it. */
export function pieceText({ key }: OptionPiece, content: string): string {
  return key === undefined ? content : `${key}=${content}`;
}

function itemPieces(option: CommandOption, data: CommandData, path: CommandDataPath): readonly OptionPiece[] {
  if (isSecretReference(data)) return [{ path, content: data }];
  if (typeof data === "string") return [textPiece(option, data, path)];
  if (typeof data === "number" && option.kind === "number") return [{ path, content: String(data) }];
  if (option.kind === "pair" && isMembers(data)) {
    return Object.entries(data).map(([key, value]) => memberPiece(key, value, [...path, key]));
  }
  throw new OptionDataFault(`${spell(data)} ${expectation(option, data)}`, path);
}

/** The text of a pair is taken apart, so that both spellings become the same data. */
function textPiece({ kind }: CommandOption, text: string, path: CommandDataPath): OptionPiece {
  const at = kind === "pair" ? text.indexOf("=") : -1;
  return at > 0 ? { path, key: text.slice(0, at), content: text.slice(at + 1) } : { path, content: text };
}

function memberPiece(key: string, value: CommandData, path: CommandDataPath): OptionPiece {
  if (key.includes("=")) throw new OptionDataFault(`${quote(key)} has a = in it`, path);
  if (typeof value === "string" || isSecretReference(value)) return { path, key, content: value };
  throw new OptionDataFault(`${spell(value)} is not text`, path);
}

function expectation({ kind, repeatable }: CommandOption, data: CommandData): string {
  if (isList(data)) return repeatable ? "is a list in a list" : "is a list where one value belongs";
  if (kind === "number") return "is not a number";
  if (kind === "pair") return "is neither text nor an object of texts";
  return typeof data === "object" ? "is not text" : "is not text: put it in quotes";
}

function spell(data: CommandData): string {
  if (isList(data)) return "a list";
  return typeof data === "object" ? "an object" : String(data);
}

function isMembers(data: CommandData): data is { readonly [key: string]: CommandData } {
  return typeof data === "object" && !isList(data);
}

function isList(data: CommandData): data is readonly CommandData[] {
  return Array.isArray(data);
}
