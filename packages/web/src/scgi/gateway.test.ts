import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Connection, connection, listen, type Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { folder } from "../http/resource.ts";
import { ask } from "../testing/ask.test.kit.ts";
import { faultsDuring } from "../testing/faults.test.kit.ts";
import { scgi } from "./gateway.ts";
import { encodeScgiHead } from "./wire.ts";

test("encodeScgiHead writes the length first, then the version, then the rest", () => {
  const head = Buffer.from(encodeScgiHead({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "27" }, 27)).toString();
  assert.equal(head, "45:CONTENT_LENGTH\x0027\0SCGI\x001\0REQUEST_METHOD\0POST\0,");
  assert.throws(() => encodeScgiHead({ A: "b\0c" }, 0), TypeError);
});

/** Reads one request as an application does. */
async function receive(peer: Connection): Promise<{ variables: Map<string, string>; body: string }> {
  const length = Number(Buffer.from(await peer.readUntil(":")));
  const texts = Buffer.from(await peer.readExactly(length))
    .toString()
    .split("\0");
  await peer.readExactly(1);
  const variables = new Map(texts.flatMap((name, at) => (at % 2 === 0 ? [[name, texts[at + 1] ?? ""] as const] : [])));
  const body = Buffer.from(await peer.readExactly(Number(variables.get("CONTENT_LENGTH")))).toString();
  return { variables, body };
}

describe("scgi", () => {
  test("asks an application and answers as it does", async () => {
    const reactor: Reactor = memoryReactor();
    const application = connection(async (peer) => {
      const { variables, body } = await receive(peer);
      peer.write(`Status: 201 Created\r\nContent-Type: text/plain\r\n\r\n`);
      peer.write(`${variables.get("SCRIPT_NAME")}|${variables.get("PATH_INFO")}|${variables.get("SCGI")}|${body}`);
    });
    const listener = await listen("unix:/run/app", application, { reactor });
    const root = folder().mount("app", scgi("unix:/run/app"));
    const answer = await ask(root, "POST /app/x/?q", ["Content-Length: 5"], { reactor, body: ["he", "llo"] });
    assert.deepEqual([answer.status, answer.body], [201, "/app|/x/|1|hello"]);
    await listener.stop({ graceMs: 0 });
  });

  test("answers 502 when nobody is there", async () => {
    const root = folder().mount("app", scgi("unix:/run/none"));
    await faultsDuring(async () => assert.equal((await ask(root, "GET /app")).status, 502));
  });
});
