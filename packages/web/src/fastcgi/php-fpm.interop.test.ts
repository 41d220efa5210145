import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { files } from "../files/index.ts";
import { ask } from "../testing/ask.test.kit.ts";
import { faultsDuring } from "../testing/faults.test.kit.ts";
import { fastCgi } from "./index.ts";

const fpm = ["/usr/sbin/php-fpm8.2", "/usr/sbin/php-fpm8.3", "/usr/sbin/php-fpm8.4", "/usr/sbin/php-fpm"].find(
  existsSync,
);

const pages: Readonly<Record<string, string>> = {
  "show.php": `<?php header("Content-Type: text/plain");
    foreach (["REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_X_Y"] as $name) echo "$name=", $_SERVER[$name] ?? "", "\\n";
    echo "<", file_get_contents("php://input"), ">";`,
  "status.php": `<?php http_response_code(410); setcookie("a", "b"); echo "gone";`,
  "large.php": `<?php for ($i = 0; $i < 1000; $i++) echo str_repeat("x", 3000);`,
  "error.php": `<?php error_log("something odd"); echo "fine";`,
  "sleep.php": `<?php sleep(30);`,
};

describe("FastCGI with php-fpm", { skip: fpm === undefined ? "php-fpm is not installed" : false }, () => {
  let folder = "";
  let server: ChildProcess;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hawser-fpm-"));
    for (const [name, text] of Object.entries(pages)) await writeFile(join(folder, name), text);
    const config = `[global]\nerror_log = ${folder}/log\ndaemonize = no\n[www]\nlisten = ${folder}/fpm.sock\npm = static\npm.max_children = 2\ncatch_workers_output = yes\n`;
    await writeFile(join(folder, "fpm.conf"), config);
    const isRoot = process.getuid?.() === 0;
    server = spawn(fpm!, ["-n", "-F", "-y", join(folder, "fpm.conf"), ...(isRoot ? ["-R"] : [])], { stdio: "ignore" });
    while (!existsSync(join(folder, "fpm.sock"))) await nodeReactor.clock.sleep(10);
  });
  after(async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGQUIT");
    await ended;
    await rm(folder, { recursive: true });
  });

  const site = (options: Parameters<typeof fastCgi>[1] = {}) => {
    const php = fastCgi(`unix:${join(folder, "fpm.sock")}`, options);
    const root = files(folder, { processors: { ".php": php.forFiles } });
    const page = (line: string, fields: readonly string[] = [], body: readonly string[] = []) =>
      ask(root, line, fields, { reactor: nodeReactor, body });
    return { php, page };
  };

  test("a page is run, body, path and all, on a connection that is used again", async () => {
    const { php, page } = site();
    for (let request = 0; request < 3; request++) {
      const { status, body } = await page("POST /show.php/more?a=b", ["Content-Length: 5", "X-Y: z"], ["hel", "lo"]);
      assert.equal(status, 200);
      assert.equal(
        body,
        "REQUEST_METHOD=POST\nSCRIPT_NAME=/show.php\nPATH_INFO=/more\nQUERY_STRING=a=b\nHTTP_X_Y=z\n<hello>",
      );
    }
    await php[Symbol.asyncDispose]();
  });

  test("status and cookies come through", async () => {
    const { php, page } = site();
    const { status, headers, body } = await page("GET /status.php");
    assert.deepEqual([status, headers["set-cookie"], body], [410, "a=b", "gone"]);
    await php[Symbol.asyncDispose]();
  });

  test("a large body goes in and a large answer comes out", async () => {
    const { php, page } = site();
    assert.equal((await page("GET /large.php")).octets.length, 3_000_000);
    const body = Array.from({ length: 30 }, () => "y".repeat(50_000));
    assert.equal(
      (await page("POST /show.php", ["Content-Length: 1500000"], body)).body.split("<")[1]?.length,
      1_500_001,
    );
    await php[Symbol.asyncDispose]();
  });

  test("a page that takes too long is given up with 504", async () => {
    const { php, page } = site({ idleTimeoutMs: 100 });
    await faultsDuring(async () => assert.equal((await page("GET /sleep.php")).status, 504));
    await php[Symbol.asyncDispose]();
  });

  test("a missing page is the application's 404", async () => {
    const php = fastCgi(`unix:${join(folder, "fpm.sock")}`, { root: folder, index: "none.php" });
    const lines = await faultsDuring(async () => {
      assert.equal((await ask(php, "GET /any", [], { reactor: nodeReactor })).status, 404);
    });
    assert.deepEqual(lines, []);
    await php[Symbol.asyncDispose]();
  });
});
