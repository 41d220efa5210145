import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, ipAddress } from "./address.ts";
import type { Security } from "./security.ts";
import { isConfidential, isWithinMachine } from "./within-machine.ts";

test("loopback addresses and UNIX sockets are within the machine, whatever their spelling", () => {
  const table: [Address | undefined, boolean][] = [
    [ipAddress("127.0.0.1", 1), true],
    [ipAddress("127.255.0.9", 1), true],
    [ipAddress("::1", 1), true],
    [ipAddress("::ffff:127.0.0.1", 1), true],
    [{ family: "unix", path: "" }, true],
    [ipAddress("128.0.0.1", 1), false],
    [ipAddress("::2", 1), false],
    [ipAddress("0.0.0.0", 1), false],
    [ipAddress("::ffff:10.0.0.1", 1), false],
    [{ family: "opaque", name: "stdio" }, false],
    [undefined, false],
  ];
  for (const [end, within] of table) assert.equal(isWithinMachine(end), within, JSON.stringify(end));
});

test("nobody reads along on TLS, and within the machine", () => {
  const security = { version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256" } as Security;
  assert.ok(isConfidential({ security, peer: ipAddress("192.0.2.1", 1) }));
  assert.ok(isConfidential({ security: undefined, peer: ipAddress("127.0.0.1", 1) }));
  assert.ok(!isConfidential({ security: undefined, peer: ipAddress("192.0.2.1", 1) }));
  assert.ok(!isConfidential({}));
});
