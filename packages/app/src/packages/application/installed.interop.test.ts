import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { whole } from "../archives.test-kit.ts";
import { type Chroot, lacks } from "./chroot.test-kit.ts";
import { fakeApplication } from "./fake-hawser.test-kit.ts";
import { makeSystem, page, policies, remains, rpm, succeeds, systemOf, systemPackage } from "./installed.test-kit.ts";
import type { ApplicationPackage } from "./package.ts";
import { writePackage } from "./write.ts";

/**
 * What packages do at the edges of what `real-hawser.interop.test.ts` tells, with a program that is made faster. It is one
 * story for each kind of package: every test goes on where the last one stopped.
 */
const port = 18_471;

/** One that takes the Node of the system, whoever has put it there. */
function application(version: string, more: Partial<ApplicationPackage> = {}): ApplicationPackage {
  const tap = { fileName: "web.tap", content: JSON.stringify({ port, text: `This is version ${version}\n` }) };
  return fakeApplication(port, { version, tap, node: "none", ...more });
}

/** The Node that these tests run on: Debian's may be too old. */
const binary = readFileSync(process.execPath);

describe("a deb that is installed", () => {
  let made: Chroot | string = "not tried";
  let untouched: readonly string[] = [];
  before(async () => {
    made = makeSystem();
    if (typeof made === "string") return;
    made.put("/usr/local/bin/node", binary, 0o755);
    untouched = made.paths();
    const conffiles = [{ path: "/etc/my-site/tls/key it's.pem", content: "secret", secret: true }];
    made.put("/root/1.deb", await whole(writePackage("deb", application("1.0", { conffiles }))));
    made.put("/root/2.deb", await whole(writePackage("deb", application("2.0~rc1"))));
  });
  after(async () => {
    if (typeof made !== "string") await made.close();
  });

  test("starts nothing where policy-rc.d forbids it, and leaves nothing behind", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    system.put("/usr/sbin/policy-rc.d", policies.forbid, 0o755);
    succeeds(system.run("dpkg -i /root/1.deb"));
    assert.equal(await page(port), "no answer");
    succeeds(system.run("dpkg -P my-site && ! id my-site 2>/dev/null"));
    assert.deepEqual(remains(system, untouched), ["/root/1.deb", "/root/2.deb", "/usr/sbin/policy-rc.d"]);
  });

  test("starts where it may, also when the system is; further conffiles are its own", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    system.put("/usr/sbin/policy-rc.d", policies.permit, 0o755);
    succeeds(system.run("dpkg -i /root/1.deb"));
    assert.equal(await page(port), "This is version 1.0\n");
    const key = "root:my-site 640 /etc/my-site/tls/key it's.pem\n";
    assert.equal(succeeds(system.run("stat -c '%U:%G %a %n' /etc/my-site/tls/*")), key);
    assert.equal(succeeds(system.run("ls /etc/rc2.d /etc/rc6.d | grep my-site")), "S01my-site\nK01my-site\n");
  });

  test("its init script does what LSB asks of one", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    const script = (action: string) => system.run(`/etc/init.d/my-site ${action}`);
    assert.match(succeeds(script("start")), /is running already/);
    assert.match(succeeds(script("status")), /is running \(\d+\)/);
    succeeds(script("reload"));
    succeeds(script("force-reload"));
    succeeds(script("restart"));
    assert.equal(await page(port), "This is version 1.0\n");
    succeeds(script("stop"));
    succeeds(script("stop"));
    assert.equal(await page(port), "no answer");
    assert.equal(script("status").status, 3);
    assert.equal(script("reload").status, 7);
    succeeds(script("try-restart"));
    assert.equal(await page(port), "no answer");
    assert.equal(script("nonsense").status, 2);
    succeeds(script("start"));
  });

  test("its init script does not believe a pid file that names somebody else's process", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    const other = succeeds(system.run("sleep 600 >/dev/null 2>&1 & echo $!")).trim();
    succeeds(system.run("cp /run/my-site/my-site.pid /root/true.pid"));
    for (const lie of [other, "1", "0", "-1", "", "x", "99999999"]) {
      succeeds(system.run(`printf '%s\\n' '${lie}' >/run/my-site/my-site.pid`));
      assert.equal(system.run("/etc/init.d/my-site status").status, 1, lie);
      succeeds(system.run("/etc/init.d/my-site stop"));
    }
    succeeds(system.run(`kill -0 ${other} && kill -0 1 && kill ${other}`));
    succeeds(system.run("mv /root/true.pid /run/my-site/my-site.pid && /etc/init.d/my-site status"));
  });

  test("a release comes after its candidates, and its conffile is taken where nobody edited it", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    succeeds(system.run("dpkg --compare-versions 2.0~rc1 lt 2.0 && dpkg -i /root/2.deb"));
    assert.equal(await page(port), "This is version 2.0~rc1\n");
    system.put("/root/3.deb", await whole(writePackage("deb", application("2.0"))));
    succeeds(system.run("dpkg -i /root/3.deb"));
    assert.equal(await page(port), "This is version 2.0\n");
  });

  test("is installed again over what a removal kept, and purged while it runs: nothing is left", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    succeeds(system.run("dpkg -r my-site && dpkg -i /root/3.deb"));
    assert.equal(await page(port), "This is version 2.0\n");
    succeeds(system.run("dpkg -P my-site && ! id my-site 2>/dev/null && ! getent group my-site"));
    assert.equal(await page(port), "no answer");
    succeeds(system.run("rm /root/*.deb /usr/sbin/policy-rc.d"));
    assert.deepEqual(remains(system, untouched), []);
  });

  test("speaks to systemd where it runs", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    system.put("/root/1.deb", await whole(writePackage("deb", application("1.0"))));
    system.put("/root/2.deb", await whole(writePackage("deb", application("2.0"))));
    const told = systemctl(system);
    succeeds(system.run("dpkg -i /root/1.deb"));
    assert.deepEqual(told(), ["preset my-site.service", "start my-site.service"]);
    succeeds(system.run("/etc/init.d/my-site force-reload"));
    assert.deepEqual(told(), ["reload-or-restart my-site.service"]);
    succeeds(system.run("dpkg -i /root/2.deb"));
    assert.deepEqual(told(), ["restart my-site.service"]);
    succeeds(system.run("dpkg -r my-site"));
    assert.deepEqual(told(), ["stop my-site.service"]);
    succeeds(system.run("dpkg -P my-site && rm -r /root/*.deb /run/systemd /usr/bin/systemctl"));
    assert.deepEqual(remains(system, untouched), []);
  });

  test("keeps a user that was there before", async (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    const description = application("1.0", { user: "games" });
    system.put("/root/4.deb", await whole(writePackage("deb", description)));
    succeeds(system.run("dpkg -i /root/4.deb"));
    assert.equal(succeeds(system.run("stat -c %U /var/lib/my-site")), "games\n");
    succeeds(system.run("dpkg -P my-site && id games && rm /root/4.deb"));
    assert.deepEqual(remains(system, untouched), []);
  });
});

describe("an RPM that is installed", () => {
  const rpms = mkdtempSync(join(tmpdir(), "hawser-rpm-"));
  let made: Chroot | string = "not tried";
  let untouched: readonly string[] = [];
  before(async () => {
    made = lacks("rpm") ?? makeSystem();
    if (typeof made === "string") return;
    untouched = made.paths();
    writeFileSync(join(rpms, "1.rpm"), await whole(writePackage("rpm", application("1.0"))));
    writeFileSync(join(rpms, "2.rpm"), await whole(writePackage("rpm", application("2.0"))));
    writeFileSync(join(rpms, "system.rpm"), await whole(systemPackage()));
  });
  after(async () => {
    if (typeof made !== "string") await made.close();
    rmSync(rpms, { recursive: true });
  });

  test("wants what it needs", (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    const { status, output } = rpm(system, "-i", join(rpms, "1.rpm"));
    assert.notEqual(status, 0);
    assert.match(output, /\/usr\/sbin\/useradd is needed by my-site-1\.0-1/);
    succeeds(rpm(system, "-i", join(rpms, "system.rpm")));
  });

  test("speaks to systemd where it runs", (t) => {
    const system = systemOf(t, made);
    if (system === undefined) return;
    const told = systemctl(system);
    succeeds(rpm(system, "-i", join(rpms, "1.rpm")));
    assert.deepEqual(told(), ["enable my-site.service", "start my-site.service"]);
    succeeds(rpm(system, "-U", join(rpms, "2.rpm")));
    assert.deepEqual(told(), ["try-restart my-site.service"]);
    succeeds(rpm(system, "-e", "my-site"));
    assert.deepEqual(told(), ["stop my-site.service", "disable my-site.service"]);
    succeeds(system.run("rm -r /run/systemd /usr/bin/systemctl"));
    assert.deepEqual(remains(system, untouched), []);
  });
});

/** Makes a system believe that systemd runs it, and tells what was asked for the service since the last time. */
function systemctl(system: Chroot): () => readonly string[] {
  const program = `#!/bin/sh
echo "$*" >>/run/systemd/system/told
case "$*" in *is-enabled*) echo enabled ;; esac
`;
  system.put("/usr/bin/systemctl", program, 0o755);
  succeeds(system.run("mkdir -p /run/systemd/system && : >/run/systemd/system/told"));
  return () => {
    const lines = succeeds(system.run("cat /run/systemd/system/told && : >/run/systemd/system/told")).split("\n");
    assert.ok(lines.length < 3 || lines.some((line) => line.endsWith("daemon-reload")), lines.join("\n"));
    // The helpers ask about it before they act.
    const actions = lines.map((line) => /\S+ my-site\.service$/.exec(line)?.[0] ?? "");
    return actions.filter((action) => action !== "" && !/^(is-|-)/.test(action));
  };
}
