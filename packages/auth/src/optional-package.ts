import { HawserError } from "@hawser/core";

/** An optional package is not installed. */
export class MissingPackageError extends HawserError<"missing-package"> {}

/** Loads a package that is only needed by who asks for it. @throws {MissingPackageError} with what to do */
export async function loadOptional<Module>(
  name: string,
  purpose: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new MissingPackageError("missing-package", `Cannot ${purpose}: install the package ${name}`, { cause });
  }
}
