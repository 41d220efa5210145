import assert from "node:assert/strict";
import { test } from "node:test";
import { text } from "../http/response.ts";
import { strictnessRows } from "../http1/testing/strictness-rows.test.kit.ts";
import { talkTo } from "../testing/talk.test.kit.ts";

// The engine's own table, through the whole server: what is refused is answered once, and the connection ends.
for (const [name, [request, answer]] of Object.entries(strictnessRows)) {
  test(`${name}: ${answer}`, async () => {
    await talkTo(
      async ({ body }) => text(`${(await body.bytes()).length} octets`),
      async (talk) => {
        talk.sayRaw(request);
        talk.transport.end();
        const heard = await talk.heard();
        if (answer === "ok") assert.match(heard, /^(HTTP\/1\.1 204 No Content|HTTP\/1\.1 200 OK)\r\n/);
        else assert.match(heard, refusal(answer.slice(-3)));
        assert.equal(talk.ended, true);
      },
    );
  });
}

/** One minimal answer, and nothing behind it. */
function refusal(status: string): RegExp {
  return new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n$`);
}
