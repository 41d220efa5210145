import { HawserError } from "@hawser/core";

/** What the person is to blame for, by name, since the error of a cluster's worker comes from another process. */
const usageErrors: ReadonlySet<string> = new Set(["UsageError", "EndpointError", "OptionError", "ConfigurationError"]);

/** One clear line for a person, and the exit status for a script. Only a mistake of ours shows where it happened. */
export function failure(called: string, error: unknown): readonly [line: string, status: number] {
  if (!(error instanceof Error)) return [`${called}: ${String(error)}`, 1];
  const [line = ""] = error.message.split("\n");
  const told = `${called}: ${decapitalize(line)}`;
  if (usageErrors.has(error.name)) return [told, 2];
  if (error.name === "ConnectionError") return [told, isCertificate(error) ? 2 : 1];
  return error instanceof HawserError ? [told, 1] : [`${called}: ${error.stack ?? line}`, 1];
}

/** A certificate that cannot be used is a mistake of the command line, as a missing folder is. */
function isCertificate(error: Error & { readonly code?: unknown }): boolean {
  return error.code === "bad-certificate";
}

/** Names of files stay as they are. */
function decapitalize(text: string): string {
  return /^[A-Z][a-z]* /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
