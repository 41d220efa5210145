import { checkLine } from "../checks.ts";
import { applicationStart, packageUmask, quoteForShell } from "./command.ts";
import type { ApplicationPackage } from "./package.ts";
import { applicationPlaces } from "./places.ts";

/**
 * The init script, for systems without systemd (LSB 5.0, "Init Script Actions"). It is POSIX sh, needs nothing but
 * coreutils and grep, and believes a pid file only as far as the process in it runs as our user: so a broken-in service
 * cannot have root kill others.
 */
export function initScript(application: ApplicationPackage): string {
  const { name, user, program, state, run, pid } = applicationPlaces(application);
  const words = applicationStart(application).daemon.map(quoteForShell).join(" ");
  const summary = checkLine("summary", application.summary);
  return `#!/bin/sh
### BEGIN INIT INFO
# Provides:          ${name}
# Required-Start:    $network $remote_fs $syslog
# Required-Stop:     $network $remote_fs $syslog
# Should-Start:      $named $time
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: ${summary}
# Description:       Starts and stops ${name}.
### END INIT INFO
# chkconfig: 2345 80 20
# description: ${summary}

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

name=${quoteForShell(name)}
user=${quoteForShell(user)}
pidfile=${quoteForShell(pid)}
stop_seconds=30

# shellcheck source=/dev/null
[ ! -r /lib/lsb/init-functions ] || . /lib/lsb/init-functions

# Removed but not purged: nothing to do.
[ -d ${quoteForShell(program)} ] || exit 0

# Where systemd runs, it alone starts and stops.
if [ -d /run/systemd/system ]; then
    case "$1" in
        start | stop | restart | try-restart | reload | force-reload | status)
            [ "$1" != force-reload ] || set -- reload-or-restart
            exec systemctl "$1" "$name.service" ;;
    esac
fi

# Lives, and is more than a remainder that nobody has waited for.
alive() {
    kill -0 "$1" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"
}

# Sets pid to the process of the pid file, if it is ours.
running() {
    pid=
    [ ! -r "$pidfile" ] || read -r pid <"$pidfile" || [ -n "$pid" ] || return 1
    case "$pid" in '' | 0* | *[!0-9]*) return 1 ;; esac
    alive "$pid" || return 1
    [ ! -d "/proc/$pid" ] || [ "$(stat -c %u "/proc/$pid")" = "$(id -u "$user")" ]
}

start() {
    if running; then
        echo "$name is running already ($pid)"
        return 0
    fi
    rm -f "$pidfile"
    install -d -o "$user" -g "$user" -m 0755 ${quoteForShell(run)} || return 1
    cd ${quoteForShell(state)} || return 1
    echo "Starting $name"
    # Its statuses are not those that LSB gives a meaning to.
    (umask ${packageUmask} && exec ${words}) || return 1
}

stop() {
    if ! running; then
        echo "$name is not running"
        rm -f "$pidfile"
        return 0
    fi
    echo "Stopping $name"
    kill -TERM "$pid"
    waited=0
    while alive "$pid"; do
        if [ "$waited" -ge $((stop_seconds * 10)) ]; then
            echo "$name does not stop, killing it" >&2
            kill -KILL "$pid"
            break
        fi
        sleep 0.1 2>/dev/null || sleep 1
        waited=$((waited + 1))
    done
    rm -f "$pidfile"
}

reload() {
    running || return 7
    echo "Reloading $name"
    kill -HUP "$pid"
}

status() {
    if running; then
        echo "$name is running ($pid)"
        return 0
    fi
    echo "$name is not running"
    [ ! -e "$pidfile" ] || return 1
    return 3
}

case "$1" in
    start | stop | reload | status) "$1" ;;
    restart) stop && start ;;
    try-restart) ! running || { stop && start; } ;;
    force-reload) reload ;;
    *)
        echo "Usage: $0 {start|stop|restart|try-restart|reload|force-reload|status}" >&2
        exit 2 ;;
esac
`;
}
