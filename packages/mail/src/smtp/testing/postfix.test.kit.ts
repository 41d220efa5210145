import { createServer } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { selfSignedCertificate } from "@hawser/core/testing";
import { file, listening, needs, run, temporaryFolder } from "./programs.test.kit.ts";

/** A port of this machine that nobody uses just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A whole Postfix, in a folder of its own: starts it as its own daemons do, and stops it by its own command. */
export async function startPostfix(
  context: TestContext,
): Promise<{ readonly port: number; readonly mail: string } | undefined> {
  if (!needs(context, "postfix")) return undefined;
  if (process.getuid?.() !== 0) {
    context.skip("Postfix can only be started by root");
    return undefined;
  }
  const folder = temporaryFolder(context, (there) => run("postfix", ["-c", there, "stop"]));
  const { certificate, key } = selfSignedCertificate();
  const pem = file(folder, "tls.pem", `${key}${certificate}`, 0o600);
  const port = await freePort();
  const set = [
    "compatibility_level = 3.6",
    `queue_directory = ${folder}/queue`,
    `data_directory = ${folder}/data`,
    "mail_owner = postfix",
    "myhostname = mx.example.net",
    "mydestination =",
    "inet_interfaces = 127.0.0.1",
    "inet_protocols = ipv4",
    "mynetworks = 127.0.0.0/8",
    "virtual_mailbox_domains = example.net",
    `virtual_mailbox_base = ${folder}/mail`,
    "virtual_mailbox_maps = static:box/",
    "virtual_uid_maps = static:65534",
    "virtual_gid_maps = static:65534",
    "smtpd_recipient_restrictions = reject_unauth_destination",
    `smtpd_tls_cert_file = ${pem}`,
    `smtpd_tls_key_file = ${pem}`,
    "smtpd_tls_security_level = may",
    "smtputf8_enable = yes",
    "smtpd_discard_ehlo_keywords =",
    `maillog_file = ${folder}/log`,
    `maillog_file_prefixes = ${folder}`,
    `default_database_type = hash`,
    "alias_maps =",
    "local_recipient_maps =",
  ];
  file(folder, "main.cf", `${set.join("\n")}\n`);
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "anvil unix - - n - 1 anvil",
    "proxymap unix - - n - - proxymap",
    "virtual unix - n n - - virtual",
    "postlog unix-dgram n - n - 1 postlogd",
  ];
  file(folder, "master.cf", `${services.join("\n")}\n`);
  for (const name of ["queue", "data", "mail"]) await run("mkdir", ["-p", join(folder, name)]);
  await run("chown", ["postfix", join(folder, "data")]);
  await run("chown", ["65534:65534", join(folder, "mail")]);
  await run("chmod", ["755", folder]);
  const started = await run("postfix", ["-c", folder, "start"]);
  if (started.status !== 0) {
    context.skip(`Postfix does not start here: ${started.output.trim().split("\n").at(-1)}`);
    return undefined;
  }
  await listening(port);
  return { port, mail: join(folder, "mail", "box", "new") };
}
