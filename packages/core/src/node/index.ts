export type { DiskLinks } from "./disk-root.ts";
export { type DiskTreeOptions, diskTree } from "./disk-tree.ts";
export { nodeReactor } from "./reactor.ts";
