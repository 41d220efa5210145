import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { findProgram, type RunningServer, startServer } from "../harness/process.ts";

/** Who is compared, and how each is started; text says why it cannot be. */
export const smtpServers: Readonly<Record<string, () => Promise<RunningServer | string>>> = {
  hawser: () => startScript("hawser"),
  "smtp-sink": startSink,
  "smtp-server": () => startScript("smtp-server"),
  twisted: startTwisted,
  "raw-net": () => startScript("raw-net"),
};

function startScript(name: string): Promise<RunningServer> {
  return startServer([process.execPath, fileURLToPath(new URL(`./servers/${name}.js`, import.meta.url))]);
}

async function startTwisted(): Promise<RunningServer | string> {
  if (findProgram("python3") === undefined) return "python3 is not installed";
  try {
    return await startServer([
      "/usr/bin/python3",
      fileURLToPath(new URL("../../smtp/twisted-server.py", import.meta.url)),
    ]);
  } catch (error) {
    return `it did not start (Debian: python3-twisted): ${(error as Error).message.split("\n").at(-2) ?? ""}`;
  }
}

/** It does not say when it listens. */
async function startSink(): Promise<RunningServer | string> {
  const sink = findProgram("smtp-sink");
  if (sink === undefined) return "smtp-sink is not installed (Debian: postfix)";
  const port = await freePort();
  const user = process.getuid?.() === 0 ? "-u root" : "";
  const announce = `"$0" ${user} 127.0.0.1:${port} 1024 & until (: > /dev/tcp/127.0.0.1/${port}) 2> /dev/null; do sleep 0.02; done; echo "listening ${port}"; trap 'kill $!' TERM; wait`;
  return startServer(["bash", "-c", announce, sink]);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
