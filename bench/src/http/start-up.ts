import { fileURLToPath } from "node:url";
import type { Contestant, Workload } from "../harness/bench.ts";
import { startServer } from "../harness/process.ts";
import { httpServers } from "./servers.ts";

/**
 * How long from the start of the process until it listens? `empty` is Node with nothing to do, which all of Node's servers
 * pay; an `import` only loads a package, and then says so.
 */
export function startUpWorkload(files: string): Workload {
  return {
    name: "start-up",
    question: "from the start of the process until it listens",
    async enter(servers) {
      const starts: Record<string, () => Promise<{ stop(): Promise<void>; cpuMicroseconds(): number }>> = {
        "hawser web": () =>
          startServer([
            process.execPath,
            script("../../../packages/hawser/bin/hawser.js"),
            "web",
            "--port",
            "0",
            "--path",
            files,
          ]),
      };
      for (const server of ["hawser", "node:http", "fastify", "twisted"]) {
        if (!servers.includes(server)) continue;
        const trial = await httpServers[server]!(files);
        if (typeof trial === "string") continue;
        await trial.stop();
        starts[server] = async () =>
          (await httpServers[server]!(files)) as Exclude<Awaited<ReturnType<(typeof httpServers)[string]>>, string>;
      }
      for (const name of ["@hawser/core/protocol", "@hawser/core", "@hawser/web/server", "@hawser/web"])
        starts[`import ${name}`] = () => startProgram(`import "${name}"`);
      starts["empty"] = () => startProgram("");
      return { contestants: Object.entries(starts).map(([server, start]) => contestant(server, start)), absent: {} };
    },
  };
}

/** A module that loads what it imports, and does nothing else. Packages are found from the present folder. */
function startProgram(imports: string) {
  const program = `${imports}; console.log("listening 0"); setInterval(() => {}, 1e6)`;
  return startServer([process.execPath, "--input-type=module", "-e", program]);
}

function contestant(
  server: string,
  start: () => Promise<{ stop(): Promise<void>; cpuMicroseconds(): number }>,
): Contestant {
  return {
    server,
    async round() {
      const startedAt = performance.now();
      const running = await start();
      const milliseconds = performance.now() - startedAt;
      const cpuMicroseconds = running.cpuMicroseconds();
      await running.stop();
      return { operations: 1, seconds: milliseconds / 1000, cpuMicroseconds, extra: { ms: milliseconds } };
    },
    stop: async () => {},
  };
}

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
