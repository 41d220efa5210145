import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, type RunningServer, startServer } from "../harness/process.ts";

/** How to start each server on a folder of files; `undefined` with a reason when this machine does not have it. */
export type HttpContender = (files: string) => Promise<RunningServer | string>;

/** Who is compared. The first is ours; every other is a row to be measured against. */
export const httpServers: Readonly<Record<string, HttpContender>> = {
  hawser: (files) => startScript("hawser", files),
  "node:http": (files) => startScript("node-http", files),
  fastify: (files) => startScript("fastify", files),
  nginx: startNginx,
  twisted: startTwisted,
  "raw-net": (files) => startScript("raw-net", files),
};

function startScript(name: string, files: string): Promise<RunningServer> {
  const script = fileURLToPath(new URL(`./servers/${name}.js`, import.meta.url));
  return startServer([process.execPath, script], { BENCH_FILES: files });
}

async function startTwisted(files: string): Promise<RunningServer | string> {
  const script = fileURLToPath(new URL("../../http/twisted-server.py", import.meta.url));
  const python = "/usr/bin/python3";
  if (findProgram("python3") === undefined) return "python3 is not installed";
  try {
    return await startServer([python, script], { BENCH_FILES: files });
  } catch (error) {
    return `it did not start (Debian: python3-twisted): ${(error as Error).message.split("\n").at(-2) ?? ""}`;
  }
}

async function startNginx(files: string): Promise<RunningServer | string> {
  const nginx = findProgram("nginx");
  if (nginx === undefined) return "nginx is not installed (Debian: nginx-light)";
  const folder = mkdtempSync(join(tmpdir(), "hawser-bench-nginx-"));
  const port = await freePort();
  writeFileSync(join(folder, "nginx.conf"), nginxConfiguration(folder, files, port));
  const announce = `"$0" -p "${folder}" -c nginx.conf -e error.log & until (: > /dev/tcp/127.0.0.1/${port}) 2> /dev/null; do sleep 0.02; done; echo "listening ${port}"; trap 'kill $!' TERM; wait`;
  return startServer(["bash", "-c", announce, nginx]);
}

/** One worker, as every other server here has one thread. Files are opened each time, which is nginx's default. */
function nginxConfiguration(folder: string, files: string, port: number): string {
  return `daemon off; worker_processes 1; worker_rlimit_nofile 65536; pid ${folder}/pid;
events { worker_connections 20000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 120s; sendfile on; tcp_nopush on;
  client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /hello { default_type "text/plain; charset=utf-8"; return 200 "Hello, world!"; }
    location /files/ { alias ${files}/; }
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
