/** Scripts that dpkg runs, each whole with its `#!` line (Debian Policy §6). */
export interface DebScripts {
  readonly preinst?: string | undefined;
  readonly postinst?: string | undefined;
  readonly prerm?: string | undefined;
  readonly postrm?: string | undefined;
}

/** Their names, in the order of their lives. */
export const debScriptNames: readonly (keyof DebScripts)[] = ["preinst", "postinst", "prerm", "postrm"];
