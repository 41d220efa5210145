import { quoteForShell } from "./command.ts";
import type { ApplicationPlaces } from "./places.ts";

/** What the maintainer scripts of all formats call things. */
export function shellNames({
  name,
  user,
  configuration,
  state,
  logs,
  run,
  tap,
  initScript,
}: ApplicationPlaces): string {
  const names = { name, user, configuration, state, logs, run, tap, init_script: initScript };
  return Object.entries(names)
    .map(([variable, value]) => `${variable}=${quoteForShell(value)}\n`)
    .join("");
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
