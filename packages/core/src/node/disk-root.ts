import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileError } from "../files/faults.ts";

/**
 * Whether links are followed: `inside` follows those whose target lies in the tree, `never` follows none (where the disk
 * ignores case, a name must then also be spelled as the disk spells it).
 */
export type DiskLinks = "inside" | "never";

/**
 * The folder that a tree cannot leave. Its real path is remembered, and looked up anew when something seems to lie
 * outside of it: so a root that is itself a link (`current -> releases/42`) may be pointed elsewhere while we serve.
 */
export class DiskRoot {
  readonly path: string;
  readonly #links: DiskLinks;
  readonly #outer: { readonly root: DiskRoot; readonly segments: readonly string[] } | undefined;
  #real: string | undefined;

  constructor(path: string, links: DiskLinks, outer?: { root: DiskRoot; segments: readonly string[] }) {
    this.path = path;
    this.#links = links;
    this.#outer = outer;
  }

  /** The root of the tree below a directory: whatever that becomes later, it must lie inside this one. */
  below(segments: readonly string[]): DiskRoot {
    return new DiskRoot(join(this.path, ...segments), this.#links, { root: this, segments });
  }

  /** Says whether the real path that `segments` led to lies inside. */
  async holds(real: string, segments: readonly string[]): Promise<boolean> {
    const known = this.#real;
    if (known !== undefined && this.#fits(known, real, segments)) return true;
    this.#real = await this.#look();
    return this.#real !== known && this.#fits(this.#real, real, segments);
  }

  #fits(root: string, real: string, segments: readonly string[]): boolean {
    if (this.#links === "never") return isAt(join(root, ...segments), real);
    return isAt(root, real) || real.startsWith(root.endsWith(sep) ? root : root + sep);
  }

  async #look(): Promise<string> {
    const real = await realpath(this.path);
    if (this.#outer === undefined || (await this.#outer.root.holds(real, this.#outer.segments))) return real;
    throw fileError("invalid-path", "use the root of a tree", "");
  }
}

/** Linux marks the path of a file that was replaced just after we found it. */
function isAt(expected: string, real: string): boolean {
  return real === expected || real === `${expected} (deleted)`;
}
