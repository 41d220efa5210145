import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import { PortTable } from "./port-table.ts";

const claimOf = (host: string, port: number, holder = "somebody", shared = false) => ({
  address: ipAddress(host, port),
  holder,
  shared,
  ipv6Only: false,
});

test("a wildcard and an address under it conflict, both ways; other families and ports do not", () => {
  const table = new PortTable<string>();
  table.claim(claimOf("0.0.0.0", 80));
  assert.throws(() => table.claim(claimOf("192.0.2.1", 80)), { code: "address-in-use" });
  assert.throws(() => table.claim(claimOf("::", 80)), { code: "address-in-use" });
  table.claim(claimOf("::1", 80));
  table.claim(claimOf("192.0.2.1", 81));
  assert.throws(() => table.claim(claimOf("0.0.0.0", 81)), { code: "address-in-use" });
});

test("the holder of an address is found before that of a wildcard", () => {
  const table = new PortTable<string>();
  table.claim(claimOf("::", 80, "wildcard", true));
  const own = table.claim(claimOf("192.0.2.1", 80, "own", true));
  assert.equal(table.find(ipAddress("192.0.2.1", 80)), "own");
  assert.equal(table.find(ipAddress("192.0.2.2", 80)), "wildcard");
  table.release(own);
  assert.equal(table.find(ipAddress("192.0.2.1", 80)), "wildcard");
  assert.equal(table.find(ipAddress("192.0.2.1", 81)), undefined);
});

test("dynamic ports run from 49152 to 65535, and out", () => {
  const table = new PortTable<string>();
  const ports = Array.from({ length: 16_384 }, () => table.claim(claimOf("127.0.0.1", 0)).address.port);
  assert.deepEqual([ports[0], ports.at(-1)], [49_152, 65_535]);
  assert.throws(() => table.claim(claimOf("127.0.0.1", 0)), { code: "address-in-use" });
});
