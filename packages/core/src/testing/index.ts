export * from "./file-tree-contract.ts";
export * from "./manual-clock.ts";
