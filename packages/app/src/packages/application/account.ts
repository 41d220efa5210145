import { quoteForShell } from "./command.ts";
import type { ApplicationPlaces } from "./places.ts";

/**
 * A script that is run around the installation of any kind of package: the places of an application stand in variables,
 * those that the body asks for.
 */
export function maintainerScript(places: ApplicationPlaces, body: string): string {
  const { name, user, configuration, state, logs, run, initScript } = places;
  const names = { name, user, configuration, state, logs, run, init_script: initScript };
  const used = Object.entries(names).filter(([variable]) => new RegExp(`\\$${variable}\\b`).test(body));
  const lines = used.map(([variable, value]) => `${variable}=${quoteForShell(value)}\n`);
  return `#!/bin/sh\nset -e\n\n${lines.join("")}\n${body}`;
}

/** Makes the user and the group unless they are there. The tools are shadow's, which every distribution has. */
export const makeUser = `if ! getent group "$user" >/dev/null; then
    groupadd --system "$user"
fi
if ! getent passwd "$user" >/dev/null; then
    shell=/usr/sbin/nologin
    [ -x "$shell" ] || shell=/sbin/nologin
    useradd --system --gid "$user" --home-dir "$state" --no-create-home --shell "$shell" --comment "$name" "$user"
fi
`;

/** Takes the user away again, if it is the one we have made: its home tells. */
export const removeUser = `case "$(getent passwd "$user")" in
    *:"$state":*) userdel "$user" >/dev/null || echo "$name: the user $user was left" >&2 ;;
esac
`;
