import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { test } from "node:test";
import { connectTo } from "../connection.ts";
import { ConnectionError } from "../errors.ts";
import { listen } from "../listen.ts";

const core = new URL("../index.js", import.meta.url).href;

/** A program that repeats lines on an endpoint. */
const echoOn = (endpoint: string) => `
  import { connection, listen } from ${JSON.stringify(core)};
  const echo = connection(async (peer) => {
    for await (const line of peer.lines()) peer.write(line.toUpperCase() + "\\r\\n");
  });
  await listen(${JSON.stringify(endpoint)}, echo);
  process.stderr.write("up");
`;

test("exec: and stdio: are the two ends of a child's pipes", async () => {
  const program = `data:text/javascript,${encodeURIComponent(echoOn("stdio:"))}`;
  const words = ["--input-type=module", "-e", `await import("${program}")`];
  await using peer = await connectTo({ type: "exec", program: process.execPath, arguments: words });
  await peer.send("hello\r\n");
  assert.equal(await peer.readLine(), "HELLO");
  peer.end();
  assert.equal(await peer.isAtEnd(), true);
});

test("stdio: is closed when both ends are, and who waits for that hears of it", async () => {
  const node = new URL("../node/index.js", import.meta.url).href;
  const program = `
    import { nodeReactor, stdioTransport } from ${JSON.stringify(node)};
    const transport = stdioTransport(nodeReactor);
    const closed = new Promise((resolve) => transport.start({ data() {}, end() {}, closed: resolve }));
    transport.write("bye");
    transport.end();
    await closed;
    process.exitCode = 7;
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  assert.equal(String((await once(child.stdout!, "data"))[0]), "bye");
  child.stdin!.end();
  assert.deepEqual(await once(child, "exit"), [7, null]);
});

test("exec: says why a program cannot be started", async () => {
  await assert.rejects(connectTo("exec:/nowhere/program"), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /^Cannot connect to exec:\/nowhere\/program: /);
    return true;
  });
});

test("systemd: serves the socket that was passed, and closes it to nobody", async () => {
  const passed = await listening();
  const program = echoOn("systemd:name=web");
  // Only the process itself can say its own number in LISTEN_PID: the shell becomes node.
  const child = spawn(
    "/bin/sh",
    ["-c", 'LISTEN_PID=$$ exec "$0" --input-type=module -e "$1"', process.execPath, program],
    {
      env: { LISTEN_FDS: "1", LISTEN_FDNAMES: "web" },
      stdio: ["ignore", "inherit", "pipe", descriptorOf(passed)],
    },
  );
  try {
    assert.equal(String((await once(child.stderr!, "data"))[0]), "up");
    const { port } = passed.address() as AddressInfo;
    passed.close(); // from now on the child's copy alone is listening
    await using peer = await connectTo(`tcp:127.0.0.1:${port}`);
    await peer.send("hello\r\n");
    assert.equal(await peer.readLine(), "HELLO");
  } finally {
    child.kill();
  }
});

test("systemd: says what was passed when the socket asked for was not", async () => {
  await assert.rejects(listen("systemd:name=web", { accept: () => undefined }), {
    message: "Cannot listen on systemd:web: systemd gave this process no sockets",
  });
});

async function listening(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Node has no public name for it. */
function descriptorOf(server: Server): number {
  return (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
}
