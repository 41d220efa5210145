import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reactor } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { parseDomainName } from "../../name/domain-name.ts";
import { linesOf, queryOf, told } from "../authority.test.kit.ts";
import { ZoneError } from "../errors.ts";
import { formatZoneFinding } from "./finding.ts";
import { loadZone } from "./load-zone.ts";
import { type ZoneFilesPlugin, type ZoneLoadReport, zoneFilesPlugin } from "./zone-files-plugin.ts";

const origin = parseDomainName("example.org");
const zoneText = (serial: number, more = "") =>
  `$TTL 60\n@ SOA ns host ${serial} 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n${more}`;

describe("loadZone", () => {
  test("includes files of its folder, and no others", async () => {
    const { files, clock } = memoryReactor({
      files: {
        "zones/a": `\ufeff${zoneText(1)}$INCLUDE sub/b\n$INCLUDE "c d" deep\n`,
        "zones/sub/b": "www A 192.0.2.2\n$INCLUDE ../secret\n",
        "zones/c d": "x A 192.0.2.3",
        secret: "x A 192.0.2.4",
      },
    });
    const { contents, findings } = await loadZone(files("zones"), "a", origin, { clock });
    assert.deepEqual(linesOf(contents.sets()).slice(3), ["www.example.org. 60 IN A 192.0.2.2"]);
    assert.match(
      formatZoneFinding(findings[0]!),
      /^error in "sub\/b", line 2, column 10: .*"..\/secret" cannot be had/,
    );
  });

  test("says which file is missing, or too large", async () => {
    const { files, clock } = memoryReactor({ files: { "zones/a": zoneText(1) } });
    const load = (path: string, octetsMax?: number) => loadZone(files("zones"), path, origin, { clock, octetsMax });
    await assert.rejects(load("b"), { name: "ZoneError", code: "not-loaded", message: /"b": no such file/ });
    await assert.rejects(load("a", 10), { name: "ZoneError", code: "not-loaded", message: /more than 10/ });
  });

  test("ends when it is told to", async () => {
    const { files, clock } = memoryReactor({ files: { a: zoneText(1) } });
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(loadZone(files(""), "a", origin, { clock, signal }), /enough/);
  });
});

describe("zoneFilesPlugin", () => {
  const www = (plugin: ZoneFilesPlugin) => told(plugin.table.get(origin)!.answer(queryOf("www.example.org")));

  async function started(text: string): Promise<{
    reactor: Reactor;
    plugin: ZoneFilesPlugin;
    reports: string[];
    write: (text: string) => Promise<void>;
  }> {
    const reactor = memoryReactor({ files: { "zones/a": text } });
    const reports: string[] = [];
    const onRead = ({ outcome, findings }: ZoneLoadReport): void =>
      void reports.push([outcome, ...findings.map(({ code }) => code)].join(" "));
    const plugin = zoneFilesPlugin({ folder: "zones", zones: { "example.org": "a" }, onRead });
    await plugin.started!(reactor);
    return { reactor, plugin, reports, write: (next) => reactor.files("zones").writeFile("a", next) };
  }

  test("takes a new version, and tells what changed", async () => {
    const { plugin, reports, write } = await started(zoneText(1, "old A 192.0.2.9"));
    const zone = plugin.table.get(origin)!;
    await write(zoneText(2, "www A 192.0.2.2"));
    await plugin.reload();
    assert.deepEqual(www(plugin), ["NOERROR aa", "= www.example.org. 60 IN A 192.0.2.2"]);
    assert.equal(plugin.table.get(origin), zone);
    const [change] = zone.changesSince(1)!;
    assert.deepEqual(linesOf(change!.deleted), ["old.example.org. 60 IN A 192.0.2.9"]);
    assert.deepEqual(linesOf(change!.added), ["www.example.org. 60 IN A 192.0.2.2"]);
    await plugin.reload();
    assert.deepEqual(reports, ["loaded", "loaded", "unchanged"]);
  });

  test("keeps what it has when the file is faulty, and says why", async () => {
    const { plugin, reports, write } = await started(zoneText(1, "www A 192.0.2.2"));
    await write(zoneText(2, "www A 192.0.2.300"));
    await assert.rejects(plugin.reload(), { code: "not-loaded", message: /line 5, column 7/ });
    assert.deepEqual(www(plugin), ["NOERROR aa", "= www.example.org. 60 IN A 192.0.2.2"]);
    assert.deepEqual(reports, ["loaded", "kept syntax"]);
  });

  test("warns of a serial that did not go on, and forgets what secondaries could build on", async () => {
    const { plugin, reports, write } = await started(zoneText(7));
    await write(zoneText(7, "www A 192.0.2.2"));
    await plugin.reload();
    assert.equal(www(plugin)[0], "NOERROR aa");
    assert.equal(plugin.table.get(origin)!.changesSince(6), undefined);
    assert.deepEqual(reports, ["loaded", "loaded serial"]);
  });

  test("does not start with a faulty zone", async () => {
    await assert.rejects(started(zoneText(1, "a CNAME b\na A 192.0.2.1")), (error) => error instanceof ZoneError);
  });
});
