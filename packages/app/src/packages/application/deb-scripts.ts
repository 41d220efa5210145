import type { DebScripts } from "../deb/scripts.ts";
import type { PackageEntry } from "../entry.ts";
import { maintainerScript, makeUser, removeUser } from "./account.ts";
import { quoteForShell } from "./command.ts";
import type { ApplicationPlaces } from "./places.ts";

/**
 * What dpkg runs around an application (Debian Policy §6.5, §9.3). Under systemd it speaks through init-system-helpers,
 * elsewhere through update-rc.d and invoke-rc.d; both ask policy-rc.d. Where there is none of them, nothing is started.
 * @param entries what is installed: dpkg unpacks it as root's, and the first script gives away what is another's
 */
export function debScripts(places: ApplicationPlaces, entries: readonly PackageEntry[]): DebScripts {
  return { postinst: postinst(places, entries), prerm: prerm(places), postrm: postrm(places) };
}

function postinst(places: ApplicationPlaces, entries: readonly PackageEntry[]): string {
  return maintainerScript(
    places,
    `case "$1" in
    configure | abort-upgrade | abort-deconfigure | abort-remove) ;;
    *) exit 0 ;;
esac

${makeUser}
# What the administrator has chosen by dpkg-statoverride stays.
own() {
    if [ -e "$2" ] && ! dpkg-statoverride --list "$2" >/dev/null; then
        chown "$1" "$2"
        chmod "$3" "$2"
    fi
}
${entries.map(ownLine).join("")}
if command -v deb-systemd-helper >/dev/null; then
    # It stays off when the administrator has switched it off.
    deb-systemd-helper unmask "$name.service" >/dev/null || true
    if deb-systemd-helper --quiet was-enabled "$name.service"; then
        deb-systemd-helper enable "$name.service" >/dev/null || true
    else
        deb-systemd-helper update-state "$name.service" >/dev/null || true
    fi
fi
if [ -x "$init_script" ] && command -v update-rc.d >/dev/null; then
    update-rc.d ${places.name} defaults >/dev/null
fi

action=start
[ -z "$2" ] || action=restart
if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    deb-systemd-invoke "$action" "$name.service" >/dev/null || echo "$name was not started: see journalctl -u $name" >&2
elif [ -x "$init_script" ] && command -v invoke-rc.d >/dev/null; then
    invoke-rc.d ${places.name} "$action" || echo "$name was not started: see $logs" >&2
fi

exit 0
`,
  );
}

function ownLine(entry: PackageEntry): string {
  const { path, user = "root", group = "root" } = entry;
  if (entry.type === "link" || entry.type === "ghost" || (user === "root" && group === "root")) return "";
  const mode = entry.mode ?? (entry.type === "file" ? 0o644 : 0o755);
  return `own ${user}:${group} ${quoteForShell(path)} 0${mode.toString(8)}\n`;
}

function prerm(places: ApplicationPlaces): string {
  return maintainerScript(
    places,
    `case "$1" in
    remove | deconfigure) ;;
    *) exit 0 ;;
esac

if [ -d /run/systemd/system ]; then
    deb-systemd-invoke stop "$name.service" >/dev/null || true
elif [ -x "$init_script" ] && command -v invoke-rc.d >/dev/null; then
    invoke-rc.d ${places.name} stop || true
fi

exit 0
`,
  );
}

function postrm(places: ApplicationPlaces): string {
  return maintainerScript(
    places,
    `if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
fi

case "$1" in
    remove)
        # The init script stays until the purge, and must not be taken for a service.
        if command -v deb-systemd-helper >/dev/null; then
            deb-systemd-helper mask "$name.service" >/dev/null || true
        fi
        ;;
    purge)
        if command -v deb-systemd-helper >/dev/null; then
            deb-systemd-helper purge "$name.service" >/dev/null || true
            deb-systemd-helper unmask "$name.service" >/dev/null || true
        fi
        if command -v update-rc.d >/dev/null; then
            update-rc.d ${places.name} remove >/dev/null
        fi
        rm -rf "$state" "$logs" "$run"
        # Folders of conffiles that an older version had.
        [ ! -d "$configuration" ] || find "$configuration" -depth -type d -empty -delete
${removeUser.replace(/^(?=.)/gm, "        ")}        ;;
esac

exit 0
`,
  );
}
