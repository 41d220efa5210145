import { quote } from "@hawser/core";
import { unitCommand, unitText, unitWord } from "./quoting.ts";

/** What a unit is made of. */
export interface UnitOptions {
  /** Of the unit, of its state and log directories, and of its user: `my-site`. */
  readonly name: string;
  /** Default: the name. */
  readonly description?: string | undefined;
  /** The command in the foreground, its program as a full path. */
  readonly command: readonly string[];
  /** Default: a user that systemd makes while the service runs (`DynamicUser=`). */
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  /** The ports it listens on by itself; one below 1024 keeps CAP_NET_BIND_SERVICE. Default: none. */
  readonly ports?: readonly number[] | undefined;
  /** Default: its state directory, `/var/lib/NAME`. */
  readonly directory?: string | undefined;
  /** Folders beside its own that it may write to. */
  readonly writable?: readonly string[] | undefined;
  /** Folders that hold its files, to know whether a home must be shown to it. */
  readonly readable?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly umask?: number | undefined;
  readonly nice?: number | undefined;
  readonly nofile?: number | undefined;
  /** The unit that opens its sockets: see {@link socketUnit}. */
  readonly socket?: boolean | undefined;
  /** `notify-reload` needs systemd 253, and tells it better when a reload is done. Default `notify`. */
  readonly type?: "notify" | "notify-reload" | undefined;
  /** After so long without a sign of life it is restarted; 0 for never. Default 30. */
  readonly watchdogSeconds?: number | undefined;
}

/**
 * A service unit (systemd.service(5)) which lets the server do what a server does, and as little else as systemd can keep
 * it from.
 * @throws {TypeError} for a name that is none, or a word that a unit cannot hold
 */
export function hardenedUnit(options: UnitOptions): string {
  checkName(options.name);
  return sections([
    ["Unit", unitLines(options)],
    ["Service", [...serviceLines(options), ...accountLines(options), ...placeLines(options), ...hardening(options)]],
    ["Install", ["WantedBy=multi-user.target"]],
  ]);
}

/** The ports or paths that systemd opens for a service, each by the name under which `systemd:NAME` finds it. */
export interface SocketUnitOptions {
  readonly name: string;
  readonly description?: string | undefined;
  /** `443`, `[::1]:8080`, `/run/site.sock`, as for `ListenStream=`. */
  readonly listen: readonly string[];
  /** Default: the name of the unit. */
  readonly descriptorName?: string | undefined;
}

/** A socket unit (systemd.socket(5)) for the service of the same name: started with it, and before it. */
export function socketUnit(options: SocketUnitOptions): string {
  checkName(options.name);
  const { name, listen, description = name, descriptorName = name } = options;
  return sections([
    ["Unit", [`Description=${unitText(description)} (sockets)`]],
    [
      "Socket",
      [
        ...listen.map((where) => `ListenStream=${unitWord(where)}`),
        `FileDescriptorName=${unitWord(descriptorName)}`,
        "NoDelay=yes",
      ],
    ],
    ["Install", ["WantedBy=sockets.target"]],
  ]);
}

function unitLines({ name, description = name, socket }: UnitOptions): readonly string[] {
  return [
    `Description=${unitText(description)}`,
    "Wants=network-online.target",
    `After=network-online.target nss-lookup.target${socket === true ? ` ${name}.socket` : ""}`,
    ...(socket === true ? [`Requires=${name}.socket`] : []),
  ];
}

function serviceLines({ command, type = "notify", watchdogSeconds = 30, environment = {} }: UnitOptions): string[] {
  const assignments = Object.entries({ NODE_ENV: "production", ...environment });
  return [
    `Type=${type}`,
    "# The messages come from systemd-notify, a child, since Node has no datagram sockets of this kind.",
    "NotifyAccess=all",
    `ExecStart=${unitCommand(command)}`,
    ...(type === "notify" ? ["ExecReload=/bin/kill -HUP $MAINPID"] : []),
    ...assignments.map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`),
    "Restart=on-failure",
    "RestartSec=1s",
    "TimeoutStopSec=30s",
    ...(watchdogSeconds > 0 ? [`WatchdogSec=${watchdogSeconds}s`] : []),
    "KillMode=mixed",
  ];
}

function accountLines({ user, group, umask, nice, nofile }: UnitOptions): readonly string[] {
  return [
    ...(user === undefined ? ["DynamicUser=yes"] : [`User=${unitWord(user)}`]),
    ...(group === undefined ? [] : [`Group=${unitWord(group)}`]),
    `UMask=${(umask ?? 0o077).toString(8).padStart(4, "0")}`,
    ...(nice === undefined ? [] : [`Nice=${nice}`]),
    `LimitNOFILE=${nofile ?? 65_536}`,
  ];
}

function placeLines({ name, directory, writable = [] }: UnitOptions): readonly string[] {
  return [
    `StateDirectory=${name}`,
    `LogsDirectory=${name}`,
    `RuntimeDirectory=${name}`,
    `WorkingDirectory=${directory === undefined ? `/var/lib/${name}` : unitWord(directory)}`,
    ...writable.map((folder) => `ReadWritePaths=${unitWord(folder)}`),
  ];
}

function hardening({ ports = [], directory = "", readable = [], writable = [] }: UnitOptions): readonly string[] {
  const capability = ports.some((port) => port > 0 && port < 1_024) ? "CAP_NET_BIND_SERVICE" : "";
  const atHome = [directory, ...readable, ...writable].some((path) => /^\/(home|root|run\/user)(\/|$)/.test(path));
  return [
    "",
    "# Ports below 1024 are the only privilege that a server may need; other ports need none.",
    `CapabilityBoundingSet=${capability}`,
    `AmbientCapabilities=${capability}`,
    ...(capability === "" ? ["PrivateUsers=yes"] : []),
    "NoNewPrivileges=yes",
    "",
    "ProtectSystem=strict",
    `ProtectHome=${atHome ? "read-only" : "yes"}`,
    ...fixedHardening,
  ];
}

const fixedHardening = [
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "DevicePolicy=closed",
  "ProtectClock=yes",
  "ProtectControlGroups=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectProc=invisible",
  "ProcSubset=pid",
  "",
  "# AF_NETLINK is how the C library asks for this machine's own addresses.",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "RemoveIPC=yes",
  "KeyringMode=private",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged @resources",
  "SystemCallErrorNumber=EPERM",
  "# MemoryDenyWriteExecute= must stay off: V8 compiles JavaScript into memory that it writes and then runs.",
];

function sections(all: readonly (readonly [string, readonly string[]])[]): string {
  return all.map(([name, lines]) => `[${name}]\n${lines.join("\n")}\n`).join("\n");
}

/** What systemd takes in names of directories and units without escaping. */
function checkName(name: string): void {
  if (/^[a-zA-Z\d][\w.-]{0,127}$/.test(name)) return;
  throw new TypeError(`Cannot name a unit ${quote(name)}: letters, digits, "-", "_" and "." only`);
}
