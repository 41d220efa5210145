import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Daemon, startDaemon, temporaryFolder, writeIn } from "./daemons.test.kit.ts";

/** The key that all share. */
export const keyName = "transfer.example";
export const keySecret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";

/** What a name server of somebody else is to do with `example.org`. */
export interface NameServerPlan {
  /** Its own port, on 127.0.0.1. */
  readonly port: number;
  /** Where we are. */
  readonly ourPort: number;
  /** The zone as text makes it a primary, without it it is a secondary of ours. */
  readonly zone?: string | undefined;
  /** Over TLS, from our port or at theirs: PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly port: number } | undefined;
}

/** A name server that runs. */
export interface NameServer extends Daemon {
  readonly folder: string;
  readonly zonePath: string;
}

/** How one kind of name server is configured and started. */
export interface NameServerKind {
  readonly program: string;
  readonly config: string;
  words(folder: string): readonly string[];
  configure(plan: NameServerPlan, folder: string, zonePath: string): string;
}

export async function startNameServer(
  context: TestContext,
  kind: NameServerKind,
  plan: NameServerPlan,
): Promise<NameServer> {
  const folder = await temporaryFolder(context);
  await chmod(folder, 0o755);
  await mkdir(join(folder, "data"));
  const zonePath = plan.zone === undefined ? join(folder, "copy") : await writeIn(folder, "zone", plan.zone);
  if (plan.tls !== undefined) {
    await writeIn(folder, "cert.pem", plan.tls.certificate);
    await writeIn(folder, "key.pem", plan.tls.key);
  }
  await writeIn(folder, kind.config, kind.configure(plan, folder, zonePath));
  const daemon = startDaemon(context, folder, kind.program, kind.words(folder));
  return { ...daemon, folder, zonePath };
}

/** BIND, whose zone may be updated dynamically, so that it has differences to give. */
export const bind: NameServerKind = {
  program: "named",
  config: "named.conf",
  words: (folder) => ["-g", "-c", join(folder, "named.conf"), "-n", "1"],
  configure: ({ port, ourPort, zone, tls }, folder, zonePath) => `
key "${keyName}" { algorithm hmac-sha256; secret "${keySecret}"; };
${tls === undefined ? "" : `tls local { cert-file "${folder}/cert.pem"; key-file "${folder}/key.pem"; }; tls ours { };`}
options {
  directory "${folder}";
  pid-file none; session-keyfile "${folder}/session.key"; lock-file none;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  ${tls === undefined || zone === undefined ? "" : `listen-on port ${tls.port} tls local { 127.0.0.1; };`}
  recursion no; dnssec-validation no; notify explicit; notify-delay 0; serial-query-rate 1000;
  managed-keys-directory "${folder}"; bindkeys-file "${folder}/none";
  allow-transfer { key "${keyName}"; };
  also-notify { ${zone === undefined ? "" : `127.0.0.1 port ${ourPort} key "${keyName}";`} };
};
controls { };
zone "example.org" {
  file "${zonePath}";
  ${
    zone === undefined
      ? `type secondary; masterfile-format text; notify no;
  primaries { 127.0.0.1 port ${ourPort} key "${keyName}" ${tls === undefined ? "" : "tls ours"}; };`
      : `type primary; allow-update { key "${keyName}"; };`
  }
};`,
};

/** Knot DNS. */
export const knot: NameServerKind = {
  program: "knotd",
  config: "knot.conf",
  words: (folder) => ["-c", join(folder, "knot.conf")],
  configure: ({ port, ourPort, zone }, folder, zonePath) => `
server:
  listen: 127.0.0.1@${port}
  rundir: ${folder}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: ${folder}/data
log:
  - target: stderr
    any: info
key:
  - id: ${keyName}
    algorithm: hmac-sha256
    secret: ${keySecret}
remote:
  - id: ours
    address: 127.0.0.1@${ourPort}
    key: ${keyName}
acl:
  - id: keyed
    key: ${keyName}
    action: [transfer, update, notify]
zone:
  - domain: example.org
    file: ${zonePath}
    acl: keyed
    zonefile-load: ${zone === undefined ? "none" : "difference"}
    ${zone === undefined ? "master: ours" : "notify: ours"}
`,
};

/** NSD, which makes differences of zone files that it reads again. */
export const nsd: NameServerKind = {
  program: "nsd",
  config: "nsd.conf",
  words: (folder) => ["-d", "-c", join(folder, "nsd.conf"), "-P", join(folder, "nsd.pid")],
  configure: ({ port, ourPort, zone }, folder, zonePath) => `
server:
  ip-address: 127.0.0.1@${port}
  server-count: 1
  username: ""
  chroot: ""
  database: ""
  zonesdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}/data"
  pidfile: "${folder}/nsd.pid"
  cookie-secret-file: ""
  verbosity: 2
  xfrd-reload-timeout: 0
remote-control:
  control-enable: yes
  control-interface: ${folder}/control
key:
  name: "${keyName}"
  algorithm: hmac-sha256
  secret: "${keySecret}"
zone:
  name: "example.org"
  zonefile: "${zonePath}"
  provide-xfr: 127.0.0.1 ${keyName}
  store-ixfr: yes
  ${
    zone === undefined
      ? `request-xfr: 127.0.0.1@${ourPort} ${keyName}
  allow-notify: 127.0.0.1 ${keyName}`
      : `create-ixfr: yes
  notify: 127.0.0.1@${ourPort} ${keyName}`
  }
`,
};
