import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { newJournal, testEnvironment } from "../application/commands.test.kit.ts";
import { startApplication } from "../application/start.ts";
import { applicationMetrics } from "./metrics.ts";
import { processGauge } from "./process-readings.ts";

/** Debian's, which has the package. */
const python = "/usr/bin/python3";

const parsers = {
  openmetrics: "prometheus_client.openmetrics.parser",
  prometheus: "prometheus_client.parser",
} as const;

/** Reads standard input and prints the names and types of the families in it. */
function program(module: string): string {
  return `import sys; from ${module} import text_string_to_metric_families as parse; print(*sorted(f"{family.name}:{family.type}" for family in parse(sys.stdin.read())), sep="\\n")`;
}

test("Python's parsers read the metrics of a real process, OpenMetrics by its strict one", async (context) => {
  if (spawnSync(python, ["-c", "import prometheus_client.openmetrics.parser"]).status !== 0)
    return context.skip("python3-prometheus-client is not installed");
  const services = [
    { command: "site", name: "web", options: { listen: ["tcp:0:interface=127.0.0.1"], says: "hello" } },
  ];
  await using application = await startApplication(
    { name: "test", services },
    testEnvironment(nodeReactor, newJournal()),
  );
  const gauge = processGauge();
  const metrics = await applicationMetrics(application, gauge);
  const { address } = application.services[0]!.listeners[0]!.listener;
  assert.equal((await fetch(`http://127.0.0.1:${(address as { readonly port: number }).port}/`)).status, 200);
  for (const format of ["openmetrics", "prometheus"] as const) {
    const { status, stdout, stderr } = spawnSync(python, ["-c", program(parsers[format])], {
      input: await metrics.text(format),
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    for (const family of [
      "hawser_connections_accepted:counter",
      "hawser_request_duration_seconds:histogram",
      "hawser_requests:counter",
      "hawser_service_state:gauge",
      "process_resident_memory_bytes:gauge",
    ])
      assert.ok(stdout.split("\n").includes(family), `${family} is missing:\n${stdout}`);
  }
  metrics.close();
  gauge.close();
});
