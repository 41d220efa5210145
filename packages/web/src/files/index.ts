/**
 * Static files over HTTP: validators, conditions, ranges, precompressed siblings, a cache, and pages of folders.
 *
 * @packageDocumentation
 */
export { files, HttpFiles } from "./files.ts";
export type { FileProcessor, FilesOptions, ProcessedFile } from "./options.ts";
