import type { RpmScripts } from "../rpm/description.ts";
import { maintainerScript, makeUser, removeUser } from "./account.ts";
import type { ApplicationPlaces } from "./places.ts";

/**
 * What rpm runs around an application. `$1` is how many versions will be installed: 1 for a first one, 0 for a removal.
 * Where systemd is installed but not running, as when an image is built, nothing is started.
 */
export function rpmScripts(places: ApplicationPlaces): RpmScripts {
  return {
    preInstall: maintainerScript(places, `${makeUser}exit 0\n`),
    postInstall: postInstall(places),
    preUninstall: preUninstall(places),
    postUninstall: postUninstall(places),
  };
}

/** Says what `service ACTION` does on this system. */
const service = `service_do() {
    if [ -d /run/systemd/system ]; then
        systemctl "$1" "$name.service" >/dev/null 2>&1
    elif command -v invoke-rc.d >/dev/null; then
        invoke-rc.d "$name" "$1"
    elif [ ! -e /usr/lib/systemd/systemd ] && [ -d /etc/rc.d ]; then
        "$init_script" "$1"
    fi
}
`;

function postInstall(places: ApplicationPlaces): string {
  return maintainerScript(
    places,
    `${service}
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload >/dev/null 2>&1 || :
fi
[ "$1" -eq 1 ] || exit 0
if command -v systemctl >/dev/null; then
    systemctl enable "$name.service" >/dev/null 2>&1 || :
fi
if command -v chkconfig >/dev/null; then
    chkconfig --add "$name" >/dev/null 2>&1 || :
elif command -v update-rc.d >/dev/null; then
    update-rc.d "$name" defaults >/dev/null || :
fi
service_do start || echo "$name was not started" >&2
exit 0
`,
  );
}

function preUninstall(places: ApplicationPlaces): string {
  return maintainerScript(
    places,
    `${service}
[ "$1" -eq 0 ] || exit 0
service_do stop || :
if command -v systemctl >/dev/null; then
    systemctl disable "$name.service" >/dev/null 2>&1 || :
fi
if command -v chkconfig >/dev/null; then
    chkconfig --del "$name" >/dev/null 2>&1 || :
elif command -v update-rc.d >/dev/null; then
    update-rc.d -f "$name" remove >/dev/null || :
fi
exit 0
`,
  );
}

/** An upgrade restarts when the old files are gone. RPM knows no purge: what the
 * service has written stays, and edited conffiles; so does its user, unless nothing is left that he could own. */
function postUninstall(places: ApplicationPlaces): string {
  return maintainerScript(
    places,
    `${service}
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload >/dev/null 2>&1 || :
fi
if [ "$1" -ge 1 ]; then
    service_do try-restart || echo "$name was not restarted" >&2
    exit 0
fi
rm -rf "$run"
if [ ! -e "$state" ] && [ ! -e "$logs" ] && [ ! -e "$configuration" ]; then
${removeUser.replace(/^(?=.)/gm, "    ")}fi
exit 0
`,
  );
}
