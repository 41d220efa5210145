import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Connection, connection, listen, memoryTree, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { files } from "../files/index.ts";
import { folder } from "../http/resource.ts";
import { ask } from "../testing/ask.test.kit.ts";
import { faultsDuring } from "../testing/faults.test.kit.ts";
import { type FastCgiOptions, fastCgi } from "./gateway.ts";
import {
  decodeFastCgiPairs,
  encodeFastCgiEnd,
  encodeFastCgiRecord,
  encodeFastCgiStream,
  FastCgiRecordReader,
  FastCgiType,
} from "./wire.ts";

interface Asked {
  readonly variables: Record<string, string>;
  readonly body: string;
}

/** An application as a FastCGI server would run it: gets a request, prints an answer. */
type Application = (asked: Asked, print: (text: string, type?: number) => void) => void | Promise<void>;

async function serve(peer: Connection, application: Application, requestsMax: number): Promise<void> {
  const reader = new FastCgiRecordReader();
  for (let served = 0; served < requestsMax; served++) {
    const asked = await receive(peer, reader);
    if (asked === undefined) return;
    const print = (text: string, type: number = FastCgiType.stdout) =>
      void peer.write(encodeFastCgiStream(type, 1, Buffer.from(text)));
    await application(asked, print);
    const content = encodeFastCgiEnd({ appStatus: 0, protocolStatus: 0 });
    peer.write(encodeFastCgiRecord({ type: FastCgiType.endRequest, requestId: 1, content }));
  }
}

async function receive(peer: Connection, reader: FastCgiRecordReader): Promise<Asked | undefined> {
  const parts: Record<number, Uint8Array[]> = { [FastCgiType.params]: [], [FastCgiType.stdin]: [] };
  for (;;) {
    const record = reader.nextRecord();
    if (record === undefined) {
      const chunk = await peer.read();
      if (chunk === undefined) return undefined;
      reader.receive(chunk);
      continue;
    }
    if (record.content.length > 0) parts[record.type]?.push(record.content);
    else if (record.type === FastCgiType.stdin) break;
  }
  const [params, stdin] = [parts[FastCgiType.params]!, parts[FastCgiType.stdin]!];
  return { variables: decodeFastCgiPairs(Buffer.concat(params)), body: Buffer.concat(stdin).toString() };
}

/** A site whose PHP pages are answered by an application in memory. */
async function world(application: Application, options: FastCgiOptions = {}, requestsMax = 100) {
  const tree = Object.assign(memoryTree({ "a.php": "", "index.php": "" }), {
    locate: async (path: readonly string[]) => ["/srv", ...path].join("/"),
  });
  const reactor: Reactor = { ...memoryReactor(), files: () => tree };
  let connections = 0;
  const server = connection(async (peer) => {
    connections++;
    await serve(peer, application, requestsMax);
  });
  const listener = await listen("unix:/run/fpm", server, { reactor });
  const php = fastCgi("unix:/run/fpm", options);
  const root = files("/srv", { index: ["index.php"], processors: { ".php": php.forFiles } }).mount("app", php);
  const asked: typeof ask = (site, line, fields, more) => ask(site, line, fields, { reactor, ...more });
  const page = (line: string, fields: readonly string[] = [], more: { body?: readonly string[] } = {}) =>
    asked(root, line, fields, more);
  const stop = async () => {
    await php[Symbol.asyncDispose]();
    await listener.stop({ graceMs: 0 });
  };
  return { page, asked, php, stop, reactor, connections: () => connections };
}

const say: Application = ({ variables, body }, print) =>
  print(
    `Content-Type: text/plain\n\n${variables["SCRIPT_NAME"]}|${variables["PATH_INFO"] ?? ""}|${variables["SCRIPT_FILENAME"] ?? ""}|${body}`,
  );

describe("fastCgi", () => {
  test("answers for files by the application, and uses its connection again", async () => {
    const { page, stop, connections } = await world(say);
    const posted = await page("POST /a.php/x?q", ["Content-Length: 5"], { body: ["hello"] });
    assert.deepEqual([posted.status, posted.body], [200, "/a.php|/x|/srv/a.php|hello"]);
    assert.equal((await page("GET /")).body, "/index.php||/srv/index.php|");
    assert.equal(connections(), 1);
    await stop();
  });

  test("tells an application with another root where the files lie there", async () => {
    const { page, stop } = await world(say, { root: "/app" });
    assert.equal((await page("GET /a.php")).body, "/a.php||/app/a.php|");
    assert.equal((await page("GET /app/x/y")).body, "/app/index.php|/x/y|/app/index.php|");
    await stop();
  });

  test("answers for every path below where it is mounted", async () => {
    const { page, stop } = await world(say);
    assert.equal((await page("GET /app/x/y/")).body, "/app|/x/y/||");
    await stop();
  });

  test("asks again on a new connection when the kept one has been closed", async () => {
    const { page, stop, connections } = await world(say, {}, 1);
    for (let request = 0; request < 3; request++) assert.equal((await page("GET /a.php")).status, 200);
    assert.equal(connections(), 3);
    await stop();
  });

  test("uses each connection once when none is to be kept", async () => {
    const { page, stop, connections } = await world(say, { keepConnections: 0 });
    await page("GET /a.php");
    await page("GET /a.php");
    assert.equal(connections(), 2);
    await stop();
  });

  test("passes on what the application complains of", async () => {
    const lines: string[] = [];
    const { page, stop } = await world(
      (_, print) => {
        print("PHP Warning: hm\n", FastCgiType.stderr);
        print("Status: 404 Not Found\n\n");
      },
      { onStderr: (line) => lines.push(line) },
    );
    assert.equal((await page("GET /a.php")).status, 404);
    assert.deepEqual(lines, ["PHP Warning: hm"]);
    await stop();
  });

  test("streams a large answer", async () => {
    const { page, stop } = await world((_, print) => {
      print("Status: 200\n\n");
      for (let part = 0; part < 50; part++) print("x".repeat(70_000));
    });
    assert.equal((await page("GET /a.php")).octets.length, 3_500_000);
    await stop();
  });

  test("answers 503 when the application is overloaded", async () => {
    const { page, stop } = await world((_, print) => print("\0\0\0\0\x02\0\0\0", FastCgiType.endRequest));
    const faults = await faultsDuring(async () => assert.equal((await page("GET /a.php")).status, 503));
    assert.match(faults.join(), /it is overloaded/);
    await stop();
  });

  test("answers 502 when nobody is there, and when the answer is none", async () => {
    const { page, stop, asked } = await world((_, print) => print("oops"));
    const absent = fastCgi("unix:/run/none");
    const faults = await faultsDuring(async () => {
      assert.equal((await asked(folder().mount("x", absent), "GET /x")).status, 502);
      assert.equal((await page("GET /a.php")).status, 502);
    });
    assert.equal(faults.length, 2);
    await stop();
  });
});
