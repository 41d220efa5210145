import { readSystemFile, type SendmailSettings } from "./settings.ts";
import type { SendmailSystem } from "./system.ts";

/** How this host is called. */
export interface SendmailHost {
  readonly hostName: string;
  /** What is put behind addresses without a domain. */
  readonly domain: string;
}

/** The names of this host: what the settings say, else `/etc/mailname` as Debian has it, else the system. */
export async function sendmailHost(system: SendmailSystem, settings: SendmailSettings): Promise<SendmailHost> {
  const hostName = settings.hostName ?? safeHost(system.hostName);
  const domain = settings.domain ?? safeHost((await lines(system, "/etc/mailname"))[0]?.trim() || hostName);
  return { hostName, domain };
}

/**
 * What people call whoever sends: `-F`, else the variable `NAME`, else the system's list of users, in which `&` stands for the login
 * (passwd(5)). Empty: nobody says.
 */
export async function sendmailFullName(system: SendmailSystem, given: string | undefined): Promise<string> {
  const said = given ?? system.environment["NAME"];
  if (said !== undefined) return plainName(said);
  const { name } = system.user;
  const row = (await lines(system, "/etc/passwd")).map((line) => line.split(":")).find(([login]) => login === name);
  const [gecos = ""] = (row?.[4] ?? "").split(",");
  return plainName(gecos.replaceAll("&", name.charAt(0).toUpperCase() + name.slice(1)));
}

async function lines(system: SendmailSystem, path: string): Promise<readonly string[]> {
  return readSystemFile(system, path).then(
    (text) => text.split("\n"),
    () => [],
  );
}

/** A name of a host may stand in a header and behind an `@`; whatever else the system says is nobody's. */
function safeHost(name: string): string {
  return /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(name) ? name : "localhost";
}

function plainName(name: string): string {
  return name.replace(/[\0-\x1f\x7f]+/g, " ").trim();
}
