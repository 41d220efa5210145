/**
 * A bare item (RFC 9651 §3.3). The type stands beside the value, because `1` and `1.0`, or a token and a string, are
 * different things on the wire.
 */
export type StructuredBareItem =
  | { readonly type: "integer"; readonly value: number }
  /** At most twelve digits before the point; three after it are kept. */
  | { readonly type: "decimal"; readonly value: number }
  /** Printable ASCII. */
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "token"; readonly value: string }
  | { readonly type: "bytes"; readonly value: Uint8Array }
  | { readonly type: "boolean"; readonly value: boolean }
  /** Seconds since 1970. */
  | { readonly type: "date"; readonly value: number }
  /** Any Unicode text. */
  | { readonly type: "display-string"; readonly value: string };

/** Parameters of an item or an inner list, in order (RFC 9651 §3.1.2). */
export type StructuredParameters = ReadonlyMap<string, StructuredBareItem>;

/** A bare item with parameters (RFC 9651 §3.3). */
export interface StructuredItem {
  readonly type: "item";
  readonly bare: StructuredBareItem;
  readonly parameters: StructuredParameters;
}

/** A list of items inside a list or dictionary (RFC 9651 §3.1.1). */
export interface StructuredInnerList {
  readonly type: "inner-list";
  readonly items: readonly StructuredItem[];
  readonly parameters: StructuredParameters;
}

/** What lists and dictionaries hold. */
export type StructuredMember = StructuredItem | StructuredInnerList;
/** A list (RFC 9651 §3.1). */
export type StructuredList = readonly StructuredMember[];
/** A dictionary, in order (RFC 9651 §3.2). */
export type StructuredDictionary = ReadonlyMap<string, StructuredMember>;

/** Bounds on one structured field: exactly what RFC 9651 §3 wants every reader to take. */
export const structuredLimits = {
  /** Members of a list or dictionary (§3.1, §3.2). */
  membersMax: 1024,
  /** Items of an inner list (§3.1.1). */
  innerItemsMax: 256,
  /** Parameters of one item (§3.1.2). */
  parametersMax: 256,
} as const;

/** Makes an item without parameters. */
export function structuredItem(bare: StructuredBareItem): StructuredItem {
  return { type: "item", bare, parameters: new Map() };
}
