/** Bounds on one form. Passing one is an {@link HttpFormError} with the code `too-large`. */
export interface HttpFormLimits {
  /** Fields and files together. Default 1,000, as PHP's `max_input_vars` and Go's parts. */
  readonly partsMax?: number | undefined;
  /** Default 100. */
  readonly filesMax?: number | undefined;
  /** The name of one field. Default 256. */
  readonly nameOctetsMax?: number | undefined;
  /** The value of one field that is no file. Default 1 MiB, as busboy. */
  readonly fieldOctetsMax?: number | undefined;
  /** One file. Default 64 MiB. */
  readonly fileOctetsMax?: number | undefined;
  /** The header lines of one part. Default 8 KiB. */
  readonly partHeaderOctetsMax?: number | undefined;
  /**
   * The whole body, with all that is not content. Default 128 MiB; 2 MiB for urlencoded forms, which are kept in
   * memory.
   */
  readonly bodyOctetsMax?: number | undefined;
}

/** The limits with their defaults filled in. */
export type HttpFormBounds = { readonly [Key in keyof HttpFormLimits]-?: number };

/** Fills in the defaults. */
export function formBounds(limits: HttpFormLimits, bodyOctetsMax: number): HttpFormBounds {
  return {
    partsMax: limits.partsMax ?? 1000,
    filesMax: limits.filesMax ?? 100,
    nameOctetsMax: limits.nameOctetsMax ?? 256,
    fieldOctetsMax: limits.fieldOctetsMax ?? 1 << 20,
    fileOctetsMax: limits.fileOctetsMax ?? 64 << 20,
    partHeaderOctetsMax: limits.partHeaderOctetsMax ?? 8 << 10,
    bodyOctetsMax: limits.bodyOctetsMax ?? bodyOctetsMax,
  };
}

/** What a multipart form may be as a whole when nobody says otherwise. */
export const multipartOctetsMax: number = 128 << 20;
/** What an urlencoded form may be as a whole when nobody says otherwise. */
export const urlEncodedOctetsMax: number = 2 << 20;
