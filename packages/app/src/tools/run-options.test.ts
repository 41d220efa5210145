import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import type { ApplicationDescription } from "../application/description.ts";
import { temporaryFolder } from "../daemon/temporary-folder.test-kit.ts";
import { listeningPorts } from "./ports.ts";
import { type RunValues, runOptions } from "./run-options.ts";
import { runSettings, runSource } from "./run-settings.ts";

const nothing = Object.fromEntries(
  Object.entries(runOptions).map(([name, { kind }]) => [name, kind === "flag" ? false : undefined]),
) as unknown as RunValues;

const settings = (values: Partial<RunValues>) => runSettings({ ...nothing, ...values }, "/srv/here");

test("in the foreground nothing is written unless it is asked for", () => {
  const { pidFile, log, umask, rundir, account, cluster } = settings({});
  assert.deepEqual([pidFile, log.file, umask, rundir, account, cluster], Array(6).fill(undefined));
  assert.equal(log.rotation?.octetsMax, undefined);
});

test("a daemon's files lie where it was started, or in its folder", () => {
  const here = settings({ daemon: true });
  assert.deepEqual([here.pidFile, here.log.file], ["/srv/here/hawser.pid", "/srv/here/hawser.log"]);
  assert.deepEqual([here.umask, here.log.rotation?.octetsMax, here.rundir], [0o077, 10 * 1_024 ** 2, undefined]);
  const there = settings({
    daemon: true,
    rundir: "sub",
    pidfile: "/run/x.pid",
    logfile: "x.log",
    umask: 0o022,
    logSize: 0,
  });
  assert.deepEqual(
    [there.pidFile, there.log.file, there.rundir],
    ["/run/x.pid", "/srv/here/sub/x.log", "/srv/here/sub"],
  );
  assert.deepEqual([there.umask, there.log.rotation?.octetsMax], [0o022, undefined]);
  assert.equal(settings({ daemon: true, syslog: "local" }).log.file, undefined);
});

test("below another root every path is one of there", () => {
  const { chroot, rundir, pidFile } = settings({ daemon: true, chroot: "jail", rundir: "run" });
  assert.deepEqual([chroot, rundir, pidFile], ["/srv/here/jail", "/run", "/run/hawser.pid"]);
  assert.equal(settings({ chroot: "/jail" }).rundir, "/");
});

test("workers are a cluster, which may be as large as the machine", () => {
  assert.deepEqual(settings({ workers: 3 }).cluster, { workers: 3 });
  assert.deepEqual(settings({ reactor: "cluster" }).cluster, { workers: undefined });
  assert.equal(settings({ reactor: "node" }).cluster, undefined);
});

test("what does not go together is said", () => {
  const wrong: readonly Partial<RunValues>[] = [
    { reactor: "node", workers: 2 },
    { logfile: "x", syslog: "local" },
    { uid: "no-such-user-here" },
  ];
  for (const values of wrong) assert.throws(() => settings(values), { name: "UsageError" });
});

test("one thing is run: a file, a configuration, a command, or the configuration that lies here", async (context) => {
  const folder = temporaryFolder(context);
  const source = (values: Partial<RunValues>, ...words: string[]) =>
    runSource({ ...nothing, ...values }, words, folder(), nodeReactor);
  assert.deepEqual(await source({ file: "x.tap" }), { file: folder("x.tap") });
  assert.deepEqual(await source({ config: "/etc/x.toml" }), { config: "/etc/x.toml" });
  assert.deepEqual(await source({}, "web", "--port", "80"), { words: ["web", "--port", "80"] });
  await assert.rejects(source({}), { name: "UsageError", message: /^nothing to run/ });
  await assert.rejects(source({ file: "x" }, "web"), { name: "UsageError", message: /three ways/ });
  writeFileSync(folder("hawser.config.yaml"), "");
  assert.deepEqual(await source({}), { config: folder("hawser.config.yaml") });
});

const parsed: readonly (readonly [option: keyof RunValues, text: string, value: number])[] = [
  ["logSize", "0", 0],
  ["logSize", "500", 500],
  ["logSize", "500K", 512_000],
  ["logSize", "10m", 10_485_760],
  ["logSize", "1G", 1_073_741_824],
  ["umask", "022", 0o22],
  ["umask", "0777", 0o777],
  ["nice", "-20", -20],
  ["nice", "19", 19],
  ["nofile", "1024", 1_024],
];

for (const [option, text, value] of parsed) {
  test(`--${option} ${text}`, () => assert.equal(runOptions[option].parse(text), value));
}

test("other numbers are refused", () => {
  const refused = {
    logSize: ["", "-1", "1T", "1.5M"],
    umask: ["8", "1777", ""],
    nice: ["20", "-21", "x"],
    nofile: ["0"],
  };
  for (const [option, texts] of Object.entries(refused))
    for (const text of texts)
      assert.throws(
        () => runOptions[option as keyof RunValues].parse(text),
        { name: "UsageError" },
        `${option} ${text}`,
      );
});

test("the ports of an application, as far as its options tell", () => {
  const of = (options: ApplicationDescription["services"][number]["options"]) =>
    listeningPorts({ name: "x", services: [{ command: "c", name: "c", options }] });
  assert.deepEqual(of({ port: 80, imapPort: "993", path: "tcp:1", redirect: "http://h:2/" }), [80, 993]);
  assert.deepEqual(
    of({
      listen: [
        "tcp:80",
        "tls:443:cert=a.pem",
        "proxy:tcp:81",
        "tcp:[::1]:82",
        "tcp:127.0.0.1:83",
        "udp:example.org:53",
        "tcp://0.0.0.0:84?backlog=5",
        "tls:[::]:85:cert=a.pem",
        "unix:/run/80.sock",
        "systemd:80",
        "tcp:many",
      ],
    }),
    [80, 443, 81, 82, 83, 53, 84, 85],
  );
});
