export * from "./file-tree-contract.ts";
