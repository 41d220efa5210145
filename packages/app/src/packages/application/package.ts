import type { PackageContent } from "../content.ts";
import type { DebArchitecture } from "../deb/control.ts";

/** A file of the application or of what it depends on, below `/usr/lib/NAME/`. */
export interface ApplicationFile {
  /** Relative, such as `node_modules/hawser/bin/hawser.js`. */
  readonly path: string;
  readonly content: PackageContent;
  /** Permission bits. Default 0o644. */
  readonly mode?: number | undefined;
}

/** A further file below `/etc` that people may edit. */
export interface ApplicationConffile {
  /** Absolute. */
  readonly path: string;
  readonly content: PackageContent;
  /** Such as a key: only root and the service may read it. Default false: everybody may. */
  readonly secret?: boolean | undefined;
}

/** What Node is given to run the application. */
export interface ApplicationCommand {
  /** The program, below `/usr/lib/NAME/`. */
  readonly script: string;
  /** Its words when it stays in the foreground, as systemd and containers want it. */
  readonly arguments: readonly string[];
  /**
   * What is added when the init script starts it as root: it must bind, drop its rights, write its process id to the pid
   * file, and end with status 0 as soon as it serves.
   */
  readonly daemonArguments: readonly string[];
}

/**
 * The Node that runs it: `depend` on the system's (`nodejs (>= 20.19)`), `none` to leave it to the one who installs, or a
 * binary to bring along, which the package then is bound to the machine of.
 */
export type ApplicationNode = "depend" | "none" | { readonly binary: PackageContent };

/** An application as an installable package, in plain data: the same for deb, RPM and OCI images. */
export interface ApplicationPackage {
  /** 2 to 64 of a-z, 0-9, `+`, `.` and `-`. */
  readonly name: string;
  /** Digits, letters, `.`, `+` and `~`; no `-`. */
  readonly version: string;
  /** `NAME <MAIL>`. */
  readonly maintainer: string;
  /** One line. */
  readonly summary: string;
  /** Paragraphs parted by empty lines. Default: made of the summary. */
  readonly description?: string | undefined;
  /** The tap file; it is installed as `/etc/NAME/NAME` with the ending of its name. */
  readonly tap: { readonly fileName: string; readonly content: PackageContent };
  readonly files: readonly ApplicationFile[];
  /** Default: `hawser run --file` with the tap file. */
  readonly command?: ApplicationCommand | undefined;
  /** Default `depend`. */
  readonly node?: ApplicationNode | undefined;
  /** Debian's word for the machines it is for. Default `all`; it must be told when a Node binary or an addon comes along. */
  readonly architecture?: DebArchitecture | undefined;
  /** The system user, and group, that it runs as; made if need be. Default: the name. */
  readonly user?: string | undefined;
  /** The text of `NAME.service`. Default: {@link packageUnit}. */
  readonly unit?: string | undefined;
  readonly conffiles?: readonly ApplicationConffile[] | undefined;
  /** Further Debian packages that it needs, such as `perl`. */
  readonly depends?: readonly string[] | undefined;
  /** Further RPM capabilities that it needs. */
  readonly requires?: readonly string[] | undefined;
  readonly homepage?: string | undefined;
  /** An SPDX expression. Default `LicenseRef-Unspecified`. */
  readonly license?: string | undefined;
  /** What `/usr/share/doc/NAME/copyright` says. Default: made of maintainer and license. */
  readonly copyright?: string | undefined;
  /** The time of everything in it, in seconds since 1970: what SOURCE_DATE_EPOCH holds. */
  readonly modified: number;
}
