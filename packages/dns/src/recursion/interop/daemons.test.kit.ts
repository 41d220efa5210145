import type { TestContext } from "node:test";
import { type Daemon, startDaemon, temporaryFolder, writeIn } from "../../transfer/interop/daemons.test.kit.ts";

/** Where a name server of somebody else listens, and what it serves. */
export interface ZonePlan {
  readonly host: string;
  readonly port: number;
  readonly zone: string;
  readonly text: string;
}

/** Where a resolver of somebody else listens, and the address of the root's server, which has port 53. */
export interface ResolverPlan {
  readonly host: string;
  readonly port: number;
  readonly root: string;
}

/** BIND, serving one zone. */
export async function startBind(context: TestContext, { host, port, zone, text }: ZonePlan): Promise<Daemon> {
  const folder = await temporaryFolder(context);
  const zonePath = await writeIn(folder, "zone", text);
  const serving = `zone "${zone}" { type primary; file "${zonePath}"; };`;
  return named(context, folder, host, port, `recursion no; };\n${serving}`);
}

/** BIND, resolving. */
export async function startBindResolver(context: TestContext, { host, port, root }: ResolverPlan): Promise<Daemon> {
  const folder = await temporaryFolder(context);
  const hints = await writeIn(folder, "hints", hintsFor(root));
  const rules = `recursion yes; allow-query { any; }; query-source address ${host}; empty-zones-enable no; };`;
  return named(context, folder, host, port, `${rules}\nzone "." { type hint; file "${hints}"; };`);
}

async function named(context: TestContext, folder: string, host: string, port: number, rest: string): Promise<Daemon> {
  const config = `options { directory "${folder}"; pid-file none; lock-file none; session-keyfile "${folder}/session.key";
listen-on port ${port} { ${host}; }; listen-on-v6 { none; }; dnssec-validation no; notify no;
managed-keys-directory "${folder}"; bindkeys-file "${folder}/none"; ${rest}
controls { };`;
  const path = await writeIn(folder, "named.conf", config);
  return startDaemon(context, folder, "named", ["-g", "-4", "-c", path, "-n", "1"]);
}

/** Knot DNS, serving one zone. */
export async function startKnot(context: TestContext, { host, port, zone, text }: ZonePlan): Promise<Daemon> {
  const folder = await temporaryFolder(context);
  const zonePath = await writeIn(folder, "zone", text);
  const path = await writeIn(
    folder,
    "knot.conf",
    `server:
  listen: ${host}@${port}
  rundir: ${folder}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: ${folder}
log:
  - target: stderr
    any: info
zone:
  - domain: "${zone}"
    file: ${zonePath}
    zonefile-sync: -1
`,
  );
  return startDaemon(context, folder, "knotd", ["-c", path]);
}

/** NSD, serving one zone. */
export async function startNsd(context: TestContext, { host, port, zone, text }: ZonePlan): Promise<Daemon> {
  const folder = await temporaryFolder(context);
  const zonePath = await writeIn(folder, "zone", text);
  const path = await writeIn(
    folder,
    "nsd.conf",
    `server:
  ip-address: ${host}@${port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  pidfile: "${folder}/nsd.pid"
  cookie-secret-file: ""
remote-control:
  control-enable: no
zone:
  name: "${zone}"
  zonefile: "${zonePath}"
`,
  );
  return startDaemon(context, folder, "nsd", ["-d", "-c", path, "-P", `${folder}/nsd.pid`]);
}

/** Unbound, resolving. */
export async function startUnbound(context: TestContext, { host, port, root }: ResolverPlan): Promise<Daemon> {
  const folder = await temporaryFolder(context);
  const hints = await writeIn(folder, "hints", hintsFor(root));
  const path = await writeIn(
    folder,
    "unbound.conf",
    `server:
  interface: ${host}@${port}
  outgoing-interface: ${host}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: "${folder}/unbound.pid"
  root-hints: "${hints}"
  module-config: "iterator"
  num-threads: 1
remote-control:
  control-enable: no
`,
  );
  return startDaemon(context, folder, "unbound", ["-d", "-c", path]);
}

function hintsFor(address: string): string {
  return `. 3600000 IN NS a.root-servers.net.\na.root-servers.net. 3600000 IN A ${address}\n`;
}
