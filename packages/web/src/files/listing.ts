import type { FileEntry } from "@hawser/core";

/** What a list of a folder can be sorted by. */
export type ListingKey = "name" | "size" | "modified";

/** How a list is sorted: `?sort=size&order=desc`. */
export interface ListingOrder {
  readonly key: ListingKey;
  readonly descending: boolean;
}

/** One line of the page of a folder. */
export interface ListingEntry {
  readonly name: string;
  readonly type: "folder" | "file";
  /** 0 for a folder. */
  readonly octets: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** What the page of a folder shows. */
export interface Listing {
  readonly order: ListingOrder;
  readonly entries: readonly ListingEntry[];
  /** Whether there are more, which are not shown. */
  readonly more: boolean;
}

/** Lines on one page: beyond it a page is no help to a person, and a burden to every program. */
const entriesMax = 10_000;

/** Whom to look at for a page: the first by name, whatever the page is sorted by, and one to see that there are more. */
export const listedMax: number = entriesMax + 1;

/** Reads `sort` and `order` of a query; what is not understood means by name, upwards. */
export function listingOrder(query: URLSearchParams): ListingOrder {
  const key = keys.find((one) => one === query.get("sort")) ?? "name";
  return { key, descending: query.get("order") === "desc" };
}

/** Sorts what a folder holds: folders first, then by the key, then by name as people count (`file2` before `file10`). */
export function makeListing(found: readonly FileEntry[], order: ListingOrder, hidden: boolean): Listing {
  const shown = found.filter(({ name, kind }) => kind !== "other" && (hidden || !name.startsWith(".")));
  const entries = shown.map(listingEntry).sort(comparison(order));
  return { order, entries: entries.slice(0, entriesMax), more: found.length > entriesMax };
}

function listingEntry({ name, kind, octets, modified }: FileEntry): ListingEntry {
  return { name, type: kind === "directory" ? "folder" : "file", octets, modified };
}

function comparison({ key, descending }: ListingOrder): (a: ListingEntry, b: ListingEntry) => number {
  const direction = descending ? -1 : 1;
  const byKey = comparisons[key];
  return (a, b) => {
    if (a.type !== b.type) return a.type === "folder" ? -1 : 1;
    return direction * byKey(a, b) || byName(a, b);
  };
}

function byName(a: ListingEntry, b: ListingEntry): number {
  names ??= new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  return names.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

const comparisons: Readonly<Record<ListingKey, (a: ListingEntry, b: ListingEntry) => number>> = {
  name: byName,
  size: (a, b) => a.octets - b.octets,
  modified: (a, b) => a.modified - b.modified,
};

const keys = Object.keys(comparisons) as readonly ListingKey[];
// One language for all, so that a list does not depend on where the server was started. Made with the first list: it
// costs more than any other module of the server takes to start.
let names: Intl.Collator | undefined;
