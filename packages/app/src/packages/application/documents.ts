import { badField, checkField, checkText } from "../checks.ts";
import { gzipWhole } from "../gzip.ts";
import type { ApplicationPackage } from "./package.ts";

/** The license of an application, for whose nobody has named one. */
export const unspecifiedLicense = "LicenseRef-Unspecified";

/** The text of `/usr/share/doc/NAME/copyright` (Debian Policy §12.5), machine-readable unless it was given. */
export function copyrightText(application: ApplicationPackage): string {
  if (application.copyright !== undefined) return checkText("copyright", application.copyright);
  const { name, maintainer, homepage, license = unspecifiedLicense, modified } = application;
  const source = homepage === undefined ? "" : `Source: ${homepage}\n`;
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${name}
${source}
Files: *
Copyright: ${timeOf(modified).getUTCFullYear()} ${maintainer}
License: ${checkField("license", license)}
 What is installed below /usr/lib/${name}/node_modules is under the licenses that
 lie there, each package's in its own folder.
`;
}

/** `/usr/share/doc/NAME/changelog.gz`: one entry, for the version that this is (Debian Policy §4.4, §12.7). */
export function changelog({ name, version, maintainer, modified }: ApplicationPackage): Uint8Array {
  const date = timeOf(modified).toUTCString().replace("GMT", "+0000");
  return gzipWhole(
    Buffer.from(
      `${name} (${version}) unstable; urgency=medium\n\n  * Version ${version}.\n\n -- ${maintainer}  ${date}\n`,
    ),
  );
}

/** The long description, when none was given. */
export function descriptionText({ name, summary, description }: ApplicationPackage): string {
  const text =
    description ??
    `This is ${name}, a network service: ${summary}.\n\nIt runs as a system user, is started with the system, and is configured in\n/etc/${name}.`;
  if (text.trim() === "") throw badField("description", text, "it is empty");
  return checkText("description", text);
}

function timeOf(seconds: number): Date {
  return new Date(seconds * 1000);
}
