export * from "@hawser/core";
