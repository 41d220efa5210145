/**
 * The programs that can send a datagram to a UNIX socket, which Node cannot. The first that is installed does it; each
 * is started for one message, sends it, and ends.
 */
export interface NotifyProgram {
  readonly program: string;
  /** @param socket `NOTIFY_SOCKET`: a path, or `@` and an abstract name */
  words(socket: string, assignments: readonly string[]): readonly string[];
}

/**
 * systemd's own program comes first, for it waits until the manager has taken the message (sd_notify_barrier(3)); else a
 * manager that looks who sent it may find nobody. The others linger, for the same reason.
 */
export const notifyPrograms: readonly NotifyProgram[] = [
  { program: "systemd-notify", words: (_, assignments) => assignments },
  { program: "perl", words: (socket, assignments) => ["-e", perl, socket, assignments.join("\n")] },
  { program: "python3", words: (socket, assignments) => ["-I", "-S", "-c", python, socket, assignments.join("\n")] },
];

const perl = `use Socket;
my ($where, $message) = @ARGV;
$where =~ s/^@/\\0/;
socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or exit 1;
send($socket, $message, 0, pack_sockaddr_un($where)) or exit 1;
select(undef, undef, undef, 0.2);`;

const python = `import socket, sys, time
where, message = sys.argv[1:]
if where.startswith("@"): where = "\\0" + where[1:]
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(message.encode(), where)
time.sleep(0.2)`;

/** What may stand in `NOTIFY_SOCKET` (sd_notify(3)). Sockets of other families are for virtual machines. */
export function isNotifySocket(socket: string | undefined): socket is string {
  return socket !== undefined && /^[/@][^\0]{1,106}$/.test(socket);
}
