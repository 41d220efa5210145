import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { selfSignedCertificate } from "@hawser/core/testing";

/** A server of somebody else that runs until the test is over, in a folder of its own. */
export interface ForeignServer {
  readonly port: number;
  readonly tlsPort: number;
  /** The certificate of its TLS, for `dns.example`. */
  readonly ca: string;
}

/** What it is started with. */
export interface ForeignServerPlan {
  readonly program: string;
  readonly config: string;
  /** The text of its configuration. */
  configure(place: { readonly folder: string; readonly port: number; readonly tlsPort: number }): string;
  words(configPath: string): readonly string[];
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/** Starts a server and waits until `isUp`; `undefined` when it is not installed, which skips the test and says so. */
export async function startForeign(
  context: TestContext,
  plan: ForeignServerPlan,
  isUp: (server: ForeignServer) => Promise<unknown>,
): Promise<ForeignServer | undefined> {
  const environment = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` };
  if (spawnSync("sh", ["-c", `command -v ${plan.program}`], { env: environment }).status !== 0) {
    context.skip(`${plan.program} is not installed`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "hawser-dns-"));
  chmodSync(folder, 0o755);
  const { certificate, key } = selfSignedCertificate({ names: ["dns.example", "127.0.0.1"] });
  const [port, tlsPort] = [await freePort(), await freePort()];
  const files = { "cert.pem": certificate, "key.pem": key, ...plan.files };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, plan.config), plan.configure({ folder, port, tlsPort }));
  const log = openSync(join(folder, "log"), "a");
  const child = spawn(plan.program, plan.words(join(folder, plan.config)), {
    cwd: folder,
    env: environment,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  context.after(async () => {
    const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    child.kill("SIGKILL");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  const server = { port, tlsPort, ca: certificate };
  for (let tries = 0; ; tries++) {
    try {
      await isUp(server);
      return server;
    } catch (cause) {
      if (tries === 100 || child.exitCode !== null)
        throw new Error(`${plan.program} does not answer: ${readFileSync(join(folder, "log"), "utf8").slice(-2_000)}`, {
          cause,
        });
      await sleep(100);
    }
  }
}

/** A port of 127.0.0.1 that nobody has, neither over TCP nor over UDP. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const socket = createSocket("udp4");
    const isFree = await new Promise<boolean>((resolve) => {
      socket.once("error", () => resolve(false)).bind(port, "127.0.0.1", () => resolve(true));
    });
    if (isFree) socket.close();
    server.close();
    await once(server, "close");
    if (isFree) return port;
  }
}
