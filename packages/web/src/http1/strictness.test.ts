import assert from "node:assert/strict";
import { test } from "node:test";

import { hear, inEveryCut } from "./testing/conversation.test.ts";
import { strictnessRows } from "./testing/strictness-rows.test.kit.ts";

for (const [name, [request, answer]] of Object.entries(strictnessRows)) {
  test(`${name}: ${answer}`, () => {
    inEveryCut(request, (chunks, how) => {
      const { events, output, machine } = hear(chunks);
      const fault = events.find((event) => event.startsWith("fault "));
      assert.equal(fault?.slice("fault ".length) ?? "ok", answer, how);
      if (answer === "ok") {
        assert.equal(machine.closing, "end", how);
        return;
      }
      // Refused once, with the status of the table, and nothing is read after it.
      assert.match(
        output,
        new RegExp(`^HTTP/1.1 ${answer.slice(-3)} [^\r]+\r\nContent-Length: 0\r\nConnection: close\r\n\r\n$`),
      );
      assert.equal(machine.closing, "end", how);
      machine.receive(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
      assert.equal(machine.next(), undefined);
    });
  });
}
