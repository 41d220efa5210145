/** How a package is written. */
export interface PackageWriteOptions {
  /** All files together, as they are unpacked; more is `too-large`. Default 512 MiB. */
  readonly octetsMax?: number | undefined;
  /** Stops the work between two files. */
  readonly signal?: AbortSignal | undefined;
}
