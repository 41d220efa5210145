import { negotiateMediaType } from "../content/negotiate.ts";
import { acceptField } from "../fields/accept.ts";
import { readField } from "../fields/field.ts";
import type { HttpRequest } from "../http/request.ts";
import { escapeHtml, type HttpResponse, html, json } from "../http/response.ts";
import type { Listing, ListingEntry, ListingKey } from "./listing.ts";
import { listingStyle } from "./listing-style.ts";

/** The page of a folder: HTML for people, JSON for programs that prefer it. Its links are relative and right behind any proxy. */
export function listingAnswer(request: HttpRequest, listing: Listing): HttpResponse {
  const type = negotiateMediaType(readField(request.headers, acceptField), ["text/html", "application/json"]);
  const headers = { "cache-control": "no-cache", vary: "Accept" };
  if (type === "application/json") return json(listingJson(listing), { headers });
  const page = listingPage(listing, request.segments, request.authority || "/");
  return html(page, {
    headers: { ...headers, "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'" },
  });
}

function listingJson({ entries, more }: Listing): unknown {
  return {
    entries: entries.map(({ name, type, octets, modified }) => ({
      name,
      type,
      ...(type === "file" && { octets }),
      modified: new Date(modified).toISOString(),
    })),
    more,
  };
}

/**
 * The page itself, without scripts.
 * @param segments the path of the folder from the root of the site
 * @param site what the root of the site is called
 */
export function listingPage(listing: Listing, segments: readonly string[], site: string): string {
  const title = segments.at(-1) ?? site;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${listingStyle}</style>
<main>
<nav aria-label="Folders">${breadcrumb(segments, site)}</nav>
<h1>${escapeHtml(title)}</h1>
<p class="sum">${summary(listing)}</p>
${listing.entries.length === 0 ? "" : table(listing, segments.length > 0)}
</main>
</html>
`;
}

/** Every folder above, as a link; the last one is where we are. */
function breadcrumb(segments: readonly string[], site: string): string {
  const names = [site, ...segments];
  return names
    .map((name, at) => {
      const up = names.length - 1 - at;
      const label = escapeHtml(name);
      return up === 0 ? `<b aria-current="page">${label}</b>` : `<a href="${"../".repeat(up)}">${label}</a>`;
    })
    .join('<i aria-hidden="true">/</i>');
}

function summary({ entries, more }: Listing): string {
  const folders = entries.filter(({ type }) => type === "folder").length;
  const files = entries.length - folders;
  if (entries.length === 0 && !more) return "This folder is empty.";
  const parts = [count(folders, "folder"), count(files, "file")].filter((part) => part !== "");
  const octets = entries.reduce((sum, entry) => sum + entry.octets, 0);
  const size = files === 0 ? "" : ` · ${sizeForPeople(octets)}`;
  const rest = more ? " · <strong>more are not shown</strong>" : "";
  return parts.join(", ") + size + rest;
}

function table(listing: Listing, hasParent: boolean): string {
  const parent = hasParent ? `<tr class="up"><td><a href="../">${icons.up}Parent folder</a><td><td>` : "";
  const rows = listing.entries.map(row).join("\n");
  const head = (["name", "size", "modified"] as const).map((key) => heading(listing, key)).join("");
  return `<table>\n<thead><tr>${head}\n<tbody>${parent}\n${rows}\n</table>`;
}

/** A heading sorts by its column, and the other way round when it does already. */
function heading({ order }: Listing, key: ListingKey): string {
  const label = { name: "Name", size: "Size", modified: "Modified (UTC)" }[key];
  const isPresent = order.key === key;
  const sorted = isPresent ? ` aria-sort="${order.descending ? "descending" : "ascending"}"` : "";
  const mark = isPresent ? `<span aria-hidden="true">${order.descending ? "↓" : "↑"}</span>` : "";
  const next = isPresent && !order.descending ? "desc" : "asc";
  return `<th scope="col" class="${key}"${sorted}><a href="?sort=${key}&amp;order=${next}">${label}${mark}</a>`;
}

function row({ name, type, octets, modified }: ListingEntry): string {
  const isFolder = type === "folder";
  // "./" lest a colon in the name be read as a scheme.
  const link = escapeHtml(`./${encodeURIComponent(name)}${isFolder ? "/" : ""}`);
  const size = isFolder ? "" : `<data value="${octets}">${sizeForPeople(octets)}</data>`;
  return `<tr class="${type}"><td><a href="${link}">${icons[type]}<span>${escapeHtml(name)}</span></a><td>${size}<td>${time(modified)}`;
}

/** Date and time in UTC, as people write them who want no doubt; programs read the attribute. */
function time(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}" title="${iso.slice(0, 19).replace("T", " ")} UTC">${iso.slice(0, 10)} <small>${iso.slice(11, 16)}</small></time>`;
}

/** `0 B`, `999 B`, `1.5 KB`, `23 MB`: decimal units, as drives and browsers count. */
export function sizeForPeople(octets: number): string {
  let value = octets;
  let power = 0;
  for (; value >= 999.5 && power < units.length - 1; power++) value /= 1000;
  return `${power === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

function count(number: number, noun: string): string {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}

const units = ["B", "KB", "MB", "GB", "TB", "PB"];

const icons = {
  folder: icon(
    '<path d="M2 4.5A1.5 1.5 0 0 1 3.5 3h2.6l1.6 1.8h4.8A1.5 1.5 0 0 1 14 6.3v5.2a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 2 11.5z"/>',
  ),
  file: icon('<path d="M4 2.5h5l3 3v8H4z M9 2.5v3h3"/>'),
  up: icon('<path d="M8 13V4 M4.5 7.5 8 4l3.5 3.5"/>'),
} as const;

function icon(paths: string): string {
  return `<svg viewBox="0 0 16 16" aria-hidden="true">${paths}</svg>`;
}
