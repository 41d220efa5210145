import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { test } from "node:test";
import { connectTo } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { ManualClock } from "@hawser/core/testing";
import { newJournal, testEnvironment } from "../application/commands.test.kit.ts";
import { startApplication } from "../application/start.ts";
import { askOn } from "../services/services.test.kit.ts";
import { EventLog } from "./event-log.ts";
import { fakeGauge } from "./http.test.kit.ts";
import { ApplicationObserver } from "./observer.ts";
import { processGauge } from "./process-readings.ts";
import { RateSeries } from "./rate-series.ts";

test("connections are known from their first octet to their last, and can be aborted", () =>
  simulate({ seed: 1 }, async (world) => {
    const services = [{ command: "flaky", name: "mail", options: {} }];
    await using application = await startApplication(
      { name: "test", services },
      testEnvironment(world.reactor, newJournal()),
    );
    let ticks = 0;
    const gauge = fakeGauge();
    const observer = new ApplicationObserver(application, gauge, () => ticks++);
    const client = { reactor: world.host("client") };
    await using one = await connectTo("tcp:home:7", client);
    await using two = await connectTo("tcp:home:7", client);
    await askOn(one);
    await world.clock.sleep(2_000);
    const known = [...observer.connections];
    assert.deepEqual(
      known.map(({ id, transport }) => [id, transport.octetsIn, transport.octetsOut]),
      [
        [1, 5, 11],
        [2, 0, 0],
      ],
    );
    assert.equal(observer.abort(2), true);
    assert.match(String(await two.closed), /reset/);
    assert.equal(observer.abort(2), false);
    assert.equal(observer.connectionCount, 1);
    assert.equal(observer.totals.accepted, 2);
    assert.equal(ticks, 2);
    assert.deepEqual(
      observer.rates.points.map(({ acceptedPerS, octetsInPerS, octetsOutPerS }) => [
        acceptedPerS,
        octetsInPerS,
        octetsOutPerS,
      ]),
      [
        [2, 5, 11],
        [0, 0, 0],
      ],
    );
    observer.close();
    assert.ok(gauge.isClosed);
    assert.equal(channel("hawser:connection").hasSubscribers, false);
  }));

test("the log keeps the last lines, one line each, and counts what happens too often", () => {
  const clock = new ManualClock();
  const log = new EventLog(clock);
  log.add("warn", `a\r\nb\u202e${"x".repeat(1_000)}`);
  const [first] = log.since(0);
  assert.equal(first?.at, clock.wall());
  assert.equal(first?.text.length, 240);
  assert.ok(first?.text.startsWith("a\ufffd\ufffdb\ufffdx"));
  for (let n = 0; n < 100; n++) log.addOften("info", `request ${n}`);
  log.newSecond();
  assert.deepEqual(
    log.since(1).map(({ text }) => text),
    [...Array.from({ length: 8 }, (_, n) => `request ${n}`), "and 92 more within the second"],
  );
  for (let n = 0; n < 1_000; n++) log.add("info", `event ${n}`);
  assert.equal(log.since(0).length, 200);
  assert.equal(log.since(log.lastId - 1)[0]?.text, "event 999");
});

test("rates are per second, whatever the span, and never negative; three minutes of them are kept", () => {
  const series = new RateSeries();
  const sums = { at: 0, accepted: 0, requests: 0, errors: 0, octetsIn: 1_000, octetsOut: 0 };
  const readings = fakeGauge().read();
  series.add(sums, readings);
  series.add({ ...sums, at: 2_000, requests: 10, octetsIn: 0, octetsOut: 500 }, { ...readings, cpuMs: 2_000 });
  const [point] = series.points;
  assert.deepEqual([point?.requestsPerS, point?.octetsInPerS, point?.octetsOutPerS, point?.cpu], [5, 0, 250, 0.5]);
  for (let n = 3; n < 400; n++) series.add({ ...sums, at: n * 1_000 }, readings);
  assert.equal(series.points.length, 180);
});

test("the gauge of this process reads plausible figures", () => {
  const gauge = processGauge();
  const readings = gauge.read();
  gauge.close();
  assert.ok(readings.residentOctets > 10_000_000 && readings.heapUsedOctets < readings.heapTotalOctets);
  assert.ok(readings.cpuMs > 0 && readings.uptimeMs > 0);
  assert.ok((readings.descriptors ?? 1) > 0 && (readings.descriptorsMax ?? 2) > (readings.descriptors ?? 1));
  assert.match(readings.nodeVersion, /^\d+\.\d+\.\d+/);
  assert.match(readings.hawserVersion, /^\d+\.\d+\.\d+/);
  assert.ok(readings.loopDelay.p50Ms >= 0 && readings.loopDelay.p50Ms <= readings.loopDelay.maxMs);
});
