import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { it } from "node:test";

/**
 * Both sides of a connection, one of which ends, lets its socket know, and gives up at once; so the kernel's own end is
 * asked for and not yet done. Tells who heard that it is gone, and then has nothing left to live for.
 */
const program = `
const { nodeReactor } = await import(new URL("node/reactor.js", BASE));
const { RecordingReceiver } = await import(new URL("testing/recording-receiver.js", BASE));
const { selfSignedCertificate } = await import(new URL("testing/certificates.js", BASE));
const certificate = selfSignedCertificate({ names: ["a.test"] });
const servers = { side: "server", keyPair: () => certificate };
const clients = { side: "client", serverName: "a.test", ca: [certificate.certificate] };

for (const isSecured of [false, true]) {
  let accept;
  const accepted = new Promise((resolve) => { accept = resolve; });
  const port = await nodeReactor.network.listen({ family: "ipv4", host: "127.0.0.1", port: 0 }, {}, accept);
  const client = await nodeReactor.network.connect(port.address, {});
  const server = await accepted;
  await port.close();
  if (isSecured) await Promise.all([server.startTls(servers), client.startTls(clients)]);
  const [s, c] = [new RecordingReceiver(), new RecordingReceiver()];
  server.start(s);
  client.start(c);
  client.end();
  await new Promise((resolve) => process.nextTick(resolve));
  client.abort();
  await s.until(() => s.calls.length > 0);
  server.abort();
  await Promise.all([s.untilCalled("closed"), c.untilCalled("closed")]);
  console.log(isSecured ? "secured" : "plain", "and gone");
}`;

/** With a reset in place of the close, its process would never end: see SocketLink.abort. */
it("a connection that is given up while its end is under way is gone, and lets its process end", async () => {
  const base = JSON.stringify(new URL("../", import.meta.url).href);
  const source = program.replaceAll("BASE", base);
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 15_000,
    killSignal: "SIGKILL",
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [code, signal] = await once(child, "close");
  assert.deepEqual({ code, signal, printed }, { code: 0, signal: null, printed: "plain and gone\nsecured and gone\n" });
});
