import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, type RunningServer, startServer } from "../harness/process.ts";
import { benchFolder, freshMaildir, mailUser } from "./maildir.ts";

export type MailProtocol = "imap" | "pop3";

/** A server of one Maildir, which is the user alice's, whose password is "wonderland". */
export interface MailServer {
  readonly maildir: string;
  start(): Promise<RunningServer>;
}

/** Who is compared, and how each is prepared; text says why it cannot be. */
export const mailServers: Readonly<Record<string, (protocol: MailProtocol) => MailServer | string>> = {
  hawser,
  dovecot,
};

/** Gives a server a Maildir as nobody has seen it before. */
export function renew({ maildir }: MailServer, messages: number): void {
  freshMaildir(maildir, messages);
}

function hawser(protocol: MailProtocol): MailServer {
  const folder = join(benchFolder, "hawser");
  const script = fileURLToPath(new URL("./servers/hawser.js", import.meta.url));
  return {
    maildir: join(folder, "alice"),
    start: () => startServer([process.execPath, script, protocol, folder]),
  };
}

/** As Debian ships it, but for where things lie; it does not say when it listens. */
function dovecot(protocol: MailProtocol): MailServer | string {
  const program = findProgram("dovecot");
  if (program === undefined) return "dovecot is not installed (Debian: dovecot-imapd, dovecot-pop3d)";
  if (process.getuid?.() !== 0) return "its master process wants to be root";
  const folder = join(benchFolder, "dovecot");
  return {
    maildir: join(folder, "alice"),
    async start() {
      const port = await freePort();
      const configuration = join(benchFolder, "dovecot.conf");
      writeFileSync(configuration, dovecotConfiguration(protocol, folder, port));
      const announce = `"$0" -F -c ${configuration} & until (: > /dev/tcp/127.0.0.1/${port}) 2> /dev/null; do sleep 0.02; done; echo "listening ${port}"; trap 'kill $!' TERM; wait; wait`;
      return startServer(["bash", "-c", announce, program]);
    },
  };
}

function dovecotConfiguration(protocol: MailProtocol, folder: string, port: number): string {
  return `
base_dir = ${benchFolder}/dovecot-run
state_dir = ${benchFolder}/dovecot-state
log_path = ${benchFolder}/dovecot-log
protocols = ${protocol}
listen = 127.0.0.1
mail_location = maildir:${folder}/%u
first_valid_uid = 1
disable_plaintext_auth = no
ssl = no
passdb {
  driver = static
  args = password=wonderland
}
userdb {
  driver = static
  args = uid=${mailUser.uid} gid=${mailUser.gid} home=${folder}/home
}
service ${protocol}-login {
  inet_listener ${protocol} {
    port = ${port}
  }
  inet_listener ${protocol}s {
    port = 0
  }
}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
