/** Where a server of somebody else listens, and the folder that it keeps to. */
export interface ForeignPlace {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
}

/** Lines that stand in a section and behind it. */
export interface ForeignLines {
  readonly options?: string | undefined;
  readonly statements?: string | undefined;
}

/** A `named.conf` that touches nothing outside its folder, has no control port and asks nobody. */
export function namedConfig(
  { folder, host, port }: ForeignPlace,
  { options = "recursion no;", statements = "" }: ForeignLines,
): string {
  return `options {
  directory "${folder}"; managed-keys-directory "${folder}"; bindkeys-file "${folder}/none";
  pid-file none; session-keyfile "${folder}/session.key"; lock-file none;
  listen-on port ${port} { ${host}; }; listen-on-v6 { none; };
  dnssec-validation no; empty-zones-enable no;
  ${options}
};
controls { };
${statements}
`;
}

/** An `nsd.conf` that touches nothing outside its folder, with one process and the user who starts it. */
export function nsdConfig(
  { folder, host, port }: ForeignPlace,
  { options = "", statements = "remote-control:\n  control-enable: no" }: ForeignLines,
): string {
  return `server:
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
${options}
${statements}
`;
}
