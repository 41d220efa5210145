import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { test } from "node:test";
import { listen, reportFault } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { httpServer } from "@hawser/web";
import type { Application } from "../application/application.ts";
import { type Journal, newJournal, testEnvironment } from "../application/commands.test.kit.ts";
import { startApplication } from "../application/start.ts";
import { ask } from "../services/services.test.kit.ts";
import { fakeGauge, request } from "./http.test.kit.ts";
import { applicationMetrics } from "./metrics.ts";
import { metricsSite } from "./metrics-site.ts";

interface Scene {
  readonly world: World;
  readonly application: Application;
  readonly journal: Journal;
}

/** A small application, and its metrics on port 80 of the same host. */
function inScene(body: (scene: Scene) => Promise<void>): Promise<void> {
  return simulate({ seed: 1, faultsFail: false }, async (world) => {
    const journal = newJournal();
    const services = [
      { command: "site", name: "web", options: { listen: ["tcp:8080"], says: "hello" } },
      { command: "flaky", name: "mail", options: {} },
    ];
    const application = await startApplication({ name: "test", services }, testEnvironment(world.reactor, journal));
    const metrics = await applicationMetrics(application, fakeGauge());
    const server = httpServer(metricsSite(application, metrics));
    await using _ = await listen("tcp:80", server, { reactor: world.reactor });
    await body({ world, application, journal });
    metrics.close();
    await application.stop();
  });
}

test("metrics tell of listeners, services and the process", () =>
  inScene(async ({ world, journal }) => {
    await ask(world.host("client"), "tcp:home:7");
    journal.breakFlaky(new Error("oops"));
    await world.clock.sleep(1_000);
    const { status, headers, body } = await request(world.host("client"), "GET", "/metrics");
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for (const line of [
      'hawser_connections_accepted_total{service="mail",listener="[::]:7"} 1',
      'hawser_connections_open{service="mail",listener="[::]:7"} 0',
      'hawser_received_bytes_total{service="mail",listener="[::]:7"} 5',
      'hawser_sent_bytes_total{service="mail",listener="[::]:7"} 11',
      'hawser_service_state{service="mail",state="running"} 1',
      'hawser_service_state{service="mail",state="failed"} 0',
      'hawser_service_restarts_total{service="mail"} 1',
      "process_resident_memory_bytes 100000000",
      "process_open_fds 20",
      "process_cpu_seconds_total 1",
      "hawser_event_loop_delay_p99_seconds 0.002",
    ])
      assert.ok(body.includes(`${line}\n`), `${line} is missing:\n${body}`);
  }));

test("requests, logins, DNS answers and faults are counted as they happen; verbs that clients make up share a label", () =>
  inScene(async ({ world }) => {
    const client = world.host("client");
    for (const method of ["GET", "GET", "POST", "MADEUP", "MADEUPTOO"])
      await request(client, method, "/healthz", { headers: { host: "x" } });
    channel("hawser:login").publish({ protocol: "imap", peer: undefined, user: "a", outcome: "bad-credentials" });
    channel("hawser:dns").publish({ transport: "udp", type: "A", rcode: "NXDOMAIN", durationMs: 2 });
    reportFault(new Error("a bug"), "test");
    const { body } = await request(client, "GET", "/metrics");
    for (const line of [
      'hawser_requests_total{protocol="http",method="GET",status="200"} 2',
      'hawser_requests_total{protocol="http",method="POST",status="405"} 1',
      'hawser_requests_total{protocol="http",method="other",status="405"} 2',
      'hawser_request_duration_seconds_count{protocol="http"} 5',
      'hawser_logins_total{protocol="imap",outcome="bad-credentials"} 1',
      'hawser_dns_answers_total{transport="udp",type="A",rcode="NXDOMAIN"} 1',
      'hawser_dns_answer_duration_seconds_count{transport="udp"} 1',
      "hawser_faults_total 1",
    ])
      assert.ok(body.includes(`${line}\n`), `${line} is missing:\n${body}`);
  }));

test("OpenMetrics is spoken to those who ask for it, at the same time as the other format", () =>
  inScene(async ({ world }) => {
    const client = world.host("client");
    const accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
    const answers = await Promise.all(
      [{ accept }, {}, { accept }, {}].map((headers) => request(client, "GET", "/metrics", { headers })),
    );
    for (const [at, { headers, body }] of answers.entries()) {
      const isOpen = at % 2 === 0;
      assert.match(headers.get("content-type")!, isOpen ? /^application\/openmetrics-text; version=1/ : /^text\/plain/);
      assert.equal(body.endsWith("# EOF\n"), isOpen);
    }
  }));

test("it is alive as long as it answers, and ready when every service runs", () =>
  inScene(async ({ world, application, journal }) => {
    const client = world.host("client");
    const look = async (path: string) => {
      const { status, body } = await request(client, "GET", path);
      return `${status} ${body.trim().replaceAll("\n", ", ")}`;
    };
    assert.equal(await look("/healthz"), "200 ok");
    assert.equal(await look("/readyz"), "200 ready");
    journal.breakFlaky(new Error("oops"));
    await world.clock.sleep(1);
    assert.equal(await look("/readyz"), "503 mail restarting");
    assert.equal(await look("/healthz"), "200 ok");
    await world.clock.sleep(2_000);
    assert.equal(await look("/readyz"), "200 ready");
    const stopping = application.stop();
    assert.match(await look("/readyz"), /^503 stopping/);
    await stopping;
    assert.equal((await request(client, "GET", "/else")).status, 404);
    assert.equal((await request(client, "DELETE", "/metrics")).status, 405);
  }));
