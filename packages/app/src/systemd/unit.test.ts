import assert from "node:assert/strict";
import { test } from "node:test";
import { hardenedUnit, socketUnit } from "./unit.ts";

const command = ["/usr/bin/node", "/opt/hawser/main.js", "run", "web"];
const lines = (options: Partial<Parameters<typeof hardenedUnit>[0]> = {}) =>
  hardenedUnit({ name: "site", command, ...options }).split("\n");

test("a user of its own, its folders, and no capability where no port needs one", () => {
  const unit = lines({ ports: [7_777, 0] });
  for (const line of [
    "Type=notify",
    "NotifyAccess=all",
    "ExecStart=/usr/bin/node /opt/hawser/main.js run web",
    "ExecReload=/bin/kill -HUP $MAINPID",
    "DynamicUser=yes",
    "UMask=0077",
    "StateDirectory=site",
    "LogsDirectory=site",
    "WorkingDirectory=/var/lib/site",
    "CapabilityBoundingSet=",
    "PrivateUsers=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "NoNewPrivileges=yes",
    "WatchdogSec=30s",
    "Restart=on-failure",
  ])
    assert.ok(unit.includes(line), line);
  assert.equal(
    unit.some((line) => line.startsWith("MemoryDenyWriteExecute=")),
    false,
  );
});

test("a port below 1024 keeps the one capability; a socket unit needs none", () => {
  const unit = lines({ ports: [8_080, 80], user: "www-data", group: "www-data" });
  assert.ok(unit.includes("CapabilityBoundingSet=CAP_NET_BIND_SERVICE"));
  assert.ok(unit.includes("AmbientCapabilities=CAP_NET_BIND_SERVICE"));
  assert.ok(unit.includes("User=www-data") && unit.includes("Group=www-data"));
  assert.equal(unit.includes("PrivateUsers=yes"), false);
  assert.equal(unit.includes("DynamicUser=yes"), false);
});

test("a home is shown read-only where the files lie in it", () => {
  assert.ok(lines({ readable: ["/home/alice/site"] }).includes("ProtectHome=read-only"));
  assert.ok(lines({ directory: "/root" }).includes("ProtectHome=read-only"));
  assert.ok(lines({ readable: ["/homestead"] }).includes("ProtectHome=yes"));
});

test("what is asked for is written as systemd reads it", () => {
  const unit = lines({
    description: "A 100% site\n",
    directory: "/srv/my site",
    writable: ["/srv/up load"],
    environment: { GREETING: 'say "hi"' },
    umask: 0o27,
    nice: 5,
    nofile: 1_000,
    socket: true,
    type: "notify-reload",
    watchdogSeconds: 0,
  });
  for (const line of [
    "Description=A 100%% site",
    'WorkingDirectory="/srv/my site"',
    'ReadWritePaths="/srv/up load"',
    'Environment="GREETING=say \\"hi\\""',
    "UMask=0027",
    "Nice=5",
    "LimitNOFILE=1000",
    "Requires=site.socket",
    "Type=notify-reload",
  ])
    assert.ok(unit.includes(line), line);
  assert.equal(
    unit.some((line) => /^(ExecReload|WatchdogSec)=/.test(line)),
    false,
  );
});

test("no name gets out of its line or its folder", () => {
  for (const name of ["", "../x", "a b", "a\nb", "-x", "a%b", "a/b", "x".repeat(129)])
    assert.throws(() => hardenedUnit({ name, command }), { name: "TypeError", message: /^Cannot name a unit/ });
});

test("the sockets of a service", () => {
  assert.equal(
    socketUnit({ name: "site", listen: ["443", "/run/si te.sock"], descriptorName: "web" }),
    `[Unit]
Description=site (sockets)

[Socket]
ListenStream=443
ListenStream="/run/si te.sock"
FileDescriptorName=web
NoDelay=yes

[Install]
WantedBy=sockets.target
`,
  );
});
