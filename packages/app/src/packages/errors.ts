import { HawserError } from "@hawser/core";

/** Why a package cannot be written, or an archive cannot be read. */
export type PackageErrorCode =
  | "bad-archive" // octets that are no archive of this kind, or a damaged one
  | "bad-field" // a name, version, maintainer or another word of the description
  | "bad-path" // `..`, a control character, a place where it must not be
  | "duplicate-path"
  | "file-changed" // a file was not as long as it was when it was found
  | "not-installed" // a dependency cannot be found from where it is needed
  | "too-large";

/** A package cannot be made of this description, or an archive cannot be read. */
export class PackageError extends HawserError<PackageErrorCode> {
  /** Which field of the description is wrong, where it is one. */
  readonly field: string | undefined;

  constructor(code: PackageErrorCode, message: string, options?: ErrorOptions & { field?: string | undefined }) {
    super(code, message, options);
    this.field = options?.field;
  }
}
