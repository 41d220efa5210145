export { type DiskTreeOptions, diskTree } from "./disk-tree.ts";
export type { DiskLinks } from "./disk-root.ts";
export { nodeReactor } from "./reactor.ts";
