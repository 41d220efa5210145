import { portalOf } from "@hawser/auth";
import {
  type Command,
  type CommandContext,
  type CommandOption,
  type CommandOptions,
  type CommandValues,
  command,
  formatAddress,
  type Listener,
  optionFlag,
  optionValues,
  type Reactor,
  type Service,
} from "@hawser/core";
import { httpServer } from "@hawser/web";
import type { Application } from "../application/application.ts";
import { applicationOf } from "../application/start.ts";
import { applicationMetrics } from "../observe/metrics.ts";
import { metricsSite } from "../observe/metrics-site.ts";
import { processGauge } from "../observe/process-readings.ts";
import { dashboardSite } from "./site.ts";

/** The options of `hawser dashboard`. */
export interface DashboardCommandOptions extends CommandOptions {
  readonly listen: CommandOption<readonly string[]>;
  readonly metrics: CommandOption<readonly string[]>;
  readonly noLink: CommandOption<boolean>;
}

const options: DashboardCommandOptions = {
  listen: optionValues("ENDPOINT", "where to show the dashboard; repeatable", {
    defaultText: "tcp:9090:interface=127.0.0.1, unless --metrics is given alone",
  }),
  metrics: optionValues("ENDPOINT", "where to answer /metrics, /healthz and /readyz, without a login; repeatable"),
  noLink: optionFlag("print no link that logs in: only users of the application may"),
};

/** `dashboard`: shows the application it is a service of, to people and to machines. */
export const dashboardCommand: Command<DashboardCommandOptions> = command({
  name: "dashboard",
  summary: "Show the application on a page, and as metrics",
  options,
  examples: [
    ["hawser tap dashboard --append web.tap", "show what runs from web.tap on http://127.0.0.1:9090/"],
    ["hawser tap dashboard --metrics tcp:9091 --append web.tap", "to Prometheus and load balancers only"],
  ],
  personal: { options: { listen: ["tcp:9090:interface=127.0.0.1"] } },
  preview: async (given) => ({ listens: [...places(given), ...given.metrics] }),
  async start(given, context): Promise<Service> {
    const application = applicationOf(context);
    const parts: Service[] = [];
    const stop: Service["stop"] = async (how) => {
      await Promise.all(parts.map((part) => part.stop(how)));
    };
    try {
      if (given.metrics.length > 0) parts.push(await serveMetrics(application, given.metrics, context));
      const pages = places(given);
      if (pages.length > 0) parts.push(await servePage(application, pages, given.noLink, context));
    } catch (error) {
      await stop();
      throw error;
    }
    return { stop };
  },
});

function places({ listen, metrics }: CommandValues<DashboardCommandOptions>): readonly string[] {
  return listen.length === 0 && metrics.length === 0 ? ["tcp:9090:interface=127.0.0.1"] : listen;
}

async function serveMetrics(
  application: Application,
  endpoints: readonly string[],
  context: CommandContext,
): Promise<Service> {
  const gauge = processGauge();
  const metrics = await applicationMetrics(application, gauge);
  const close = () => {
    metrics.close();
    gauge.close();
  };
  const factory = httpServer(metricsSite(application, metrics));
  return listenAll(context, endpoints, factory, close, (where) => context.print(`metrics on ${where}metrics`));
}

async function servePage(
  application: Application,
  endpoints: readonly string[],
  noLink: boolean,
  context: CommandContext,
): Promise<Service> {
  const token = noLink ? undefined : newToken(context.reactor);
  const portal = context.users.length > 0 ? portalOf(context.users, context.reactor) : undefined;
  const { site, close } = dashboardSite(application, processGauge(), { token, portal });
  const link = token === undefined ? "" : `#token=${token}`;
  const closeAll = async () => {
    close();
    await portal?.close();
  };
  return listenAll(context, endpoints, httpServer(site), closeAll, (where) =>
    context.print(`dashboard on ${where}${link}`),
  );
}

async function listenAll(
  context: CommandContext,
  endpoints: readonly string[],
  factory: ReturnType<typeof httpServer>,
  close: () => void | Promise<void>,
  tell: (where: string) => void,
): Promise<Service> {
  const listeners: Listener[] = [];
  const stop: Service["stop"] = async (how) => {
    await close();
    await Promise.all(listeners.map((listener) => listener.stop(how)));
  };
  try {
    for (const endpoint of endpoints) listeners.push(await context.listen(endpoint, factory));
  } catch (error) {
    await stop();
    throw error;
  }
  for (const [at, listener] of listeners.entries()) tell(place(endpoints[at]!, listener));
  return { stop };
}

/** 256 random bits. */
function newToken({ random }: Reactor): string {
  return Buffer.from(random.bytes(32)).toString("base64url");
}

function place(endpoint: string, { address }: Listener): string {
  const scheme = /^(proxy:)?tls:/.test(endpoint) ? "https" : "http";
  if (address.family === "unix" || address.family === "opaque") return `${scheme}+unix://${formatAddress(address)}/`;
  const isAnywhere = address.host === "::" || address.host === "0.0.0.0";
  return `${scheme}://${isAnywhere ? `127.0.0.1:${address.port}` : formatAddress(address)}/`;
}
