import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { testSite } from "./site.ts";

/** BIND with some zones, on a port of its own on 127.0.0.1. */
export interface Bind extends AsyncDisposable {
  readonly port: number;
}

/** Starts `named` and waits until it runs. `options` are lines of the zone statements. */
export async function startBind(zones: Readonly<Record<string, string>>, statements = ""): Promise<Bind> {
  const port = await freePort();
  const site = await testSite(Object.fromEntries(Object.entries(zones).map(([name, text]) => [`${name}.zone`, text])));
  const of = Object.keys(zones).map(
    (name) => `zone "${name}" { type primary; file "${name}.zone"; check-names ignore; };`,
  );
  const config = `options { directory "${site.folder}"; pid-file none; lock-file none; session-keyfile none;
    listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no;
    allow-transfer { any; }; server-id "lab"; notify no; bindkeys-file "none"; managed-keys-directory "${site.folder}"; };
    controls { };\n${statements}\n${of.join("\n")}\n`;
  await writeFile(site.path("named.conf"), config);
  const child = spawn("named", ["-g", "-n", "1", "-c", site.path("named.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/ running$/m.test(said)) resolve();
    });
    void ended.then(() => reject(new Error(`named has ended:\n${said}`)));
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      await site[Symbol.asyncDispose]();
    },
  };
}

/** A port that nobody has at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
