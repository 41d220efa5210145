import { chmod } from "node:fs/promises";
import type { TestContext } from "node:test";
import { selfSignedCertificate } from "@hawser/core/testing";
import {
  eventually,
  freePort,
  needsPrograms,
  startDaemon,
  temporaryFolder,
  writeIn,
} from "../../testing/daemons.test.kit.ts";

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
  if (!needsPrograms(context, plan.program)) return undefined;
  const folder = await temporaryFolder(context);
  await chmod(folder, 0o755); // for servers that become somebody else
  const { certificate, key } = selfSignedCertificate({ names: ["dns.example", "127.0.0.1"] });
  const [port, tlsPort] = [await freePort(), await freePort()];
  const files = { "cert.pem": certificate, "key.pem": key, ...plan.files };
  for (const [name, content] of Object.entries(files)) await writeIn(folder, name, content);
  const path = await writeIn(folder, plan.config, plan.configure({ folder, port, tlsPort }));
  const { log } = startDaemon(context, folder, plan.program, plan.words(path));
  const server = { port, tlsPort, ca: certificate };
  const answers = async (): Promise<boolean> =>
    isUp(server).then(
      () => true,
      () => false,
    );
  await eventually(`${plan.program} answers`, answers, log);
  return server;
}
