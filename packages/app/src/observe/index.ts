export { type ApplicationMetrics, applicationMetrics } from "./metrics.ts";
export { metricsSite } from "./metrics-site.ts";
export { type LoopDelay, type ProcessGauge, type ProcessReadings, processGauge } from "./process-readings.ts";
export { type Readiness, readinessOf } from "./readiness.ts";
