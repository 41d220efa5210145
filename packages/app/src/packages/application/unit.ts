import { checkLine } from "../checks.ts";
import { applicationStart, quoteForSystemd } from "./command.ts";
import type { ApplicationPackage } from "./package.ts";
import { applicationPlaces } from "./places.ts";

/**
 * A systemd unit for a packaged application: it runs as its own user, may bind low ports, writes to its own folders, and
 * sees little else. `hawser unit` knows more of what an application needs; its text may be given instead.
 */
export function packageUnit(application: ApplicationPackage): string {
  const { name, user, state } = applicationPlaces(application);
  const start = applicationStart(application).foreground.map(quoteForSystemd).join(" ");
  return `[Unit]
Description=${checkLine("summary", application.summary).replaceAll("%", "%%").replace(/\\$/, "")}
Documentation=file:///usr/share/doc/${name}
Wants=network-online.target
After=network-online.target

[Service]
User=${user}
Group=${user}
ExecStart=${start}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
TimeoutStopSec=30
UMask=0027
WorkingDirectory=${state}
StateDirectory=${name}
StateDirectoryMode=0750
LogsDirectory=${name}
LogsDirectoryMode=0750
RuntimeDirectory=${name}
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
LockPersonality=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
`;
}
