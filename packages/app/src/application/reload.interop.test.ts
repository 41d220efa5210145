import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { selfSignedCertificate } from "@hawser/core/testing";
import { newJournal, testEnvironment } from "./commands.test.kit.ts";
import type { ApplicationDescription } from "./description.ts";
import { startApplication } from "./start.ts";

const requestsPerProgram = 400;

test("curl loses no request while an application is reloaded, breaks and comes back, in clear and over TLS", async (context) => {
  if (spawnSync("curl", ["--version"]).status !== 0) return context.skip("curl is not installed");
  const folder = await mkdtemp(join(tmpdir(), "hawser-reload-"));
  const certificate = join(folder, "site.pem");
  const { certificate: text, key } = selfSignedCertificate();
  await writeFile(certificate, text + key);
  const describe = (version: number): ApplicationDescription => {
    const listen = ["tcp:0:interface=127.0.0.1", `tls:0:interface=127.0.0.1:cert=${certificate}`];
    return {
      name: "test",
      services: [{ command: "site", name: "web", options: { listen, says: `version ${version}` } }],
    };
  };
  const journal = newJournal();
  const application = await startApplication(describe(1), testEnvironment(nodeReactor, journal));
  const [clear, secure] = application.services[0]!.listeners.map(({ listener }) => listener.address);
  const running = [
    ask(`http://127.0.0.1:${portOf(clear)}/`, true),
    ask(`http://127.0.0.1:${portOf(clear)}/`, false),
    ask(`https://127.0.0.1:${portOf(secure)}/`, true),
    ask(`https://127.0.0.1:${portOf(secure)}/`, false),
  ];
  let isOver = false;
  const answers = Promise.all(running).finally(() => {
    isOver = true;
  });
  let version = 1;
  for (let round = 0; !isOver; round++) {
    if (round % 4 === 3) journal.breakSite(new Error("oops"));
    else await application.reload(describe(++version));
    await nodeReactor.clock.sleep(150);
  }
  for (const lines of await answers) {
    assert.equal(lines.length, requestsPerProgram);
    for (const line of lines) assert.match(line, /^version \d+$/);
  }
  assert.ok(version > 3, `only ${version} versions were seen`);
  context.diagnostic(`${4 * requestsPerProgram} requests over ${version} versions`);
  await application.stop();
  await rm(folder, { recursive: true });
});

function portOf(address: unknown): number {
  return (address as { readonly port: number }).port;
}

/** curl asks again and again, on one connection as long as that is kept, or on a new one each time. */
function ask(url: string, keeps: boolean): Promise<readonly string[]> {
  const words = ["-sS", "-k", "--fail", ...(keeps ? [] : ["-H", "Connection: close"])];
  const child = spawn("curl", [...words, `${url}?[1-${requestsPerProgram}]`], { stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) =>
      status === 0 && errors === ""
        ? resolve(output.trimEnd().split("\n"))
        : reject(new Error(`curl ${url}: ${status} ${errors}`)),
    );
  });
}
