import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "../../daemon/run-process.test-kit.ts";
import { whole } from "../archives.test-kit.ts";
import { type Chroot, lacks, type Outcome } from "./chroot.test-kit.ts";
import { makeSystem, page, policies, remains, rpm, succeeds, systemOf, systemPackage } from "./installed.test-kit.ts";
import { has, pleasesLintian, pleasesRpmlint } from "./judges.test-kit.ts";

/**
 * The web server itself, frozen and packed by the command line as people do it, with the Node that runs these tests; then
 * installed into a small Debian, asked, edited, upgraded and removed. One story, told once for each kind of package.
 */
const hawser = fileURLToPath(new URL("../../../../hawser/bin/hawser.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "hawser-real-"));
after(() => rmSync(folder, { recursive: true }));

/** A kind of package, and what its tool is asked to do. */
interface Tool {
  /** The port it serves on, and the one that the administrator prefers. */
  readonly ports: readonly [number, number];
  readonly lack: () => string | undefined;
  readonly pleasesJudges: (path: string) => void;
  /** Programs without which there is no judgement. */
  readonly judges: readonly string[];
  /** The ending of the conffile that an upgrade did not take. */
  readonly untaken: string;
  readonly install: (system: Chroot, path: string) => Outcome;
  readonly upgrade: (system: Chroot, path: string) => Outcome;
  /** Says whether each installed file is as it was packed. */
  readonly verify: (system: Chroot) => Outcome;
  readonly remove: (system: Chroot) => Outcome;
  /** What a removal keeps. */
  readonly kept: readonly string[];
  /** Takes what was kept as well. */
  readonly purge: (system: Chroot, path: string) => void;
}

const deb: Tool = {
  ports: [18_473, 18_474],
  lack: () => undefined,
  pleasesJudges: pleasesLintian,
  judges: ["lintian"],
  untaken: ".dpkg-dist",
  install: (system, path) => dpkg(system, "-i", path),
  upgrade: (system, path) => dpkg(system, "--force-confdef --force-confold -i", path),
  verify: (system) => system.run("dpkg --verify my-site"),
  remove: (system) => system.run("dpkg -r my-site"),
  kept: [
    "/etc/init.d/my-site",
    ...["", "/my-site.tap", "/my-site.tap.dpkg-dist"].map((name) => `/etc/my-site${name}`),
    ...["0.d/K", "1.d/K", "2.d/S", "3.d/S", "4.d/S", "5.d/S", "6.d/K"].map((name) => `/etc/rc${name}01my-site`),
    ...["multi-user.target.wants/", ""].map((name) => `/etc/systemd/system/${name}my-site.service`),
    "/run/my-site",
    ...["", "/state"].map((name) => `/var/lib/my-site${name}`),
    ...["", "/my-site.log"].map((name) => `/var/log/my-site${name}`),
  ],
  purge(system) {
    assert.equal(succeeds(system.run("/etc/init.d/my-site start")), "");
    succeeds(system.run("dpkg -P my-site"));
  },
};

function dpkg(system: Chroot, words: string, path: string): Outcome {
  system.put("/root/new.deb", readFileSync(path));
  return system.run(`dpkg ${words} /root/new.deb && rm /root/new.deb`);
}

const rpmTool: Tool = {
  ports: [18_475, 18_476],
  lack: () => lacks("rpm"),
  pleasesJudges: pleasesRpmlint,
  judges: ["rpm", "rpmlint"],
  untaken: ".rpmnew",
  install: (system, path) => rpm(system, "-i", path),
  upgrade: (system, path) => rpm(system, "-U", path),
  verify: (system) => rpm(system, "-V", "my-site"),
  remove: (system) => rpm(system, "-e", "my-site"),
  kept: [
    ...["", "/my-site.tap.rpmnew", "/my-site.tap.rpmsave"].map((name) => `/etc/my-site${name}`),
    ...["", "/state"].map((name) => `/var/lib/my-site${name}`),
  ],
  purge(system, path) {
    // RPM knows no purge. A version that nobody edits takes everything along, and with it the user that was kept.
    succeeds(system.run("rm -r /etc/my-site /var/lib/my-site"));
    succeeds(rpm(system, "-i", path));
    assert.equal(processes(system).length, 1);
    succeeds(rpm(system, "-e", "my-site", "system"));
  },
};

/** Freezes the web server into a tap file, makes a package of it, and tells where it lies. */
async function pack(kind: string, version: string, port: number, ...more: readonly string[]): Promise<string> {
  const here = mkdtempSync(join(folder, `${kind}-`));
  const call = (...words: readonly string[]) => execute(process.execPath, [hawser, ...words], { cwd: here });
  await call("tap", "web", "--path", "/srv/site", "--port", `${port}`, ...more);
  const about = ["--maintainer", "Ada Lovelace <ada@example.org>", "--homepage", "https://www.example.org/"];
  const words = ["web.tap", "--name", "my-site", "--version", version, "--license", "MIT", "--node", "own", ...about];
  const { stdout } = await call("package", kind, ...words);
  return join(here, /^wrote (.*)$/m.exec(stdout)![1]!);
}

const execute = promisify(execFile);

for (const [kind, tool] of Object.entries({ deb, rpm: rpmTool })) {
  describe(`the web server as a ${kind} of its own making`, () => {
    const [port, otherPort] = tool.ports;
    let made: Chroot | string = "not tried";
    let untouched: readonly string[] = [];
    let first = "";
    let second = "";
    before(async () => {
      [first, second] = await Promise.all([pack(kind, "1.0", port), pack(kind, "2.0", port, "--no-listing")]);
      made = tool.lack() ?? makeSystem();
      if (typeof made === "string") return;
      made.put("/usr/sbin/policy-rc.d", policies.permit, 0o755);
      succeeds(made.run("mkdir -p /srv/site /srv/other && echo A site >/srv/site/index.html"));
      succeeds(made.run("echo Another site >/srv/other/index.html"));
      untouched = made.paths();
    });
    after(async () => {
      if (typeof made !== "string") await made.close();
    });

    test("is what those who judge such packages ask for", (t) => {
      if (has(t, ...tool.judges)) tool.pleasesJudges(first);
    });

    test("is installed: serves the page as its own user, apart from whoever installed it", async (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      if (kind === "rpm") await installSystemPackage(system);
      succeeds(tool.install(system, first));
      assert.equal(await page(port), "A site\n");
      const pid = pidOf(system);
      const uid = succeeds(system.run("id -u my-site")).trim();
      const status = succeeds(system.run(`cat /proc/${pid}/status`));
      assert.match(status, new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, "m"));
      assert.match(status, /^CapEff:\s+0+$/m);
      assert.equal(
        succeeds(system.run(`readlink /proc/${pid}/cwd /proc/${pid}/exe && cd /proc/${pid}/fd && readlink 0 1 2`)),
        "/var/lib/my-site\n/usr/lib/my-site/bin/node\n/dev/null\n/var/log/my-site/my-site.log\n/var/log/my-site/my-site.log\n",
      );
      assert.doesNotMatch(succeeds(system.run(`ls -l /proc/${pid}/fd`)), /dpkg|rpm|tty|pts/);
      assert.match(succeeds(system.run("cat /var/log/my-site/my-site.log")), /listening on/);
    });

    test("its files are its own, and as they were packed", (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      const folders = "/var/lib/my-site /var/log/my-site /run/my-site";
      const files = "/etc/my-site/my-site.tap /var/log/my-site/my-site.log /run/my-site/my-site.pid";
      assert.equal(
        succeeds(system.run(`stat -c '%U:%G %a %n' ${files} ${folders}`)),
        `root:my-site 640 /etc/my-site/my-site.tap
my-site:my-site 640 /var/log/my-site/my-site.log
root:root 644 /run/my-site/my-site.pid
my-site:my-site 750 /var/lib/my-site
my-site:my-site 750 /var/log/my-site
my-site:my-site 755 /run/my-site
`,
      );
      assert.equal(succeeds(tool.verify(system)), "");
    });

    test("goes by its edited tap file: the path after a reload, the port after a restart", async (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      const pid = pidOf(system);
      succeeds(system.run("sed -i s,/srv/site,/srv/other, /etc/my-site/my-site.tap && /etc/init.d/my-site reload"));
      await until(async () => (await page(port)) === "Another site\n", "the other folder is served");
      assert.equal(pidOf(system), pid);
      succeeds(system.run(`sed -i s,${port},${otherPort}, /etc/my-site/my-site.tap && /etc/init.d/my-site restart`));
      assert.notEqual(pidOf(system), pid);
      assert.deepEqual([await page(port), await page(otherPort)], ["no answer", "Another site\n"]);
      assert.match(succeeds(system.run("/etc/init.d/my-site status")), /is running/);
    });

    test("says why it does not start when the tap file is wrong, and serves again when it is right", async (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      const tap = "/etc/my-site/my-site.tap";
      succeeds(system.run(`cp -p ${tap} /root/right && sed -i s,${otherPort},70000, ${tap}`));
      const { status, output: said } = system.run("/etc/init.d/my-site restart");
      assert.equal(status, 1, said);
      assert.match(said, /70000/);
      assert.deepEqual(processes(system), []);
      assert.equal(system.run("/etc/init.d/my-site status").status, 3);
      succeeds(system.run(`mv /root/right ${tap} && /etc/init.d/my-site start`));
      assert.equal(await page(otherPort), "Another site\n");
    });

    test("serves as its unit has it: in the foreground, never as root, and ends with status 0", async (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      const unit = "/lib/systemd/system/my-site.service";
      succeeds(system.run("/etc/init.d/my-site stop"));
      const as = "setpriv --reuid=my-site --regid=my-site --init-groups --bounding-set=-all --no-new-privs";
      const command = `cd /var/lib/my-site && ${as} $(sed -n s/^ExecStart=//p ${unit}); echo $? >/root/status`;
      succeeds(system.run(`(${command}) </dev/null >/root/said 2>&1 &`));
      await until(async () => (await page(otherPort)) === "Another site\n", "it serves");
      assert.equal(processes(system).length, 1);
      succeeds(system.run("kill -TERM $(pidof /usr/lib/my-site/bin/node)"));
      await until(() => processes(system).length === 0, "it ends");
      assert.match(succeeds(system.run("cat /root/said /root/status")), /listening on .*\n0\n$/s);
      succeeds(system.run("rm /root/said /root/status && /etc/init.d/my-site start"));
    });

    test("is upgraded: restarts, and the edited tap file stays", async (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      const pid = pidOf(system);
      succeeds(system.run("echo keep >/var/lib/my-site/state"));
      succeeds(tool.upgrade(system, second));
      assert.notEqual(pidOf(system), pid);
      assert.equal(processes(system).length, 1);
      assert.deepEqual([await page(port), await page(otherPort)], ["no answer", "Another site\n"]);
      const untaken = succeeds(system.run(`cat /etc/my-site/my-site.tap${tool.untaken}`));
      assert.match(untaken, /"noListing": true/);
    });

    test("is removed: stops, and keeps what an administrator would miss", async (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      succeeds(tool.remove(system));
      assert.equal(await page(otherPort), "no answer");
      assert.deepEqual(processes(system), []);
      assert.deepEqual(remains(system, untouched), tool.kept);
      succeeds(system.run("id my-site"));
    });

    test("leaves nothing behind when that goes as well", (t) => {
      const system = systemOf(t, made);
      if (system === undefined) return;
      tool.purge(system, second);
      succeeds(system.run("! id my-site 2>/dev/null && ! getent group my-site"));
      assert.deepEqual(processes(system), []);
      assert.deepEqual(remains(system, untouched), []);
    });
  });
}

async function installSystemPackage(system: Chroot): Promise<void> {
  const path = join(folder, "system.rpm");
  writeFileSync(path, await whole(systemPackage()));
  succeeds(rpm(system, "-i", path));
}

function pidOf(system: Chroot): string {
  return succeeds(system.run("cat /run/my-site/my-site.pid")).trim();
}

/** The programs of the package that run. */
function processes(system: Chroot): readonly string[] {
  const { output } = system.run("readlink /proc/[0-9]*/exe");
  return output.split("\n").filter((path) => path.startsWith("/usr/lib/my-site/"));
}
