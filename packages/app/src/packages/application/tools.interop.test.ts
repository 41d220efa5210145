import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { whole } from "../archives.test-kit.ts";
import { debScripts } from "./deb-scripts.ts";
import { fakeApplication, fakeHawser } from "./fake-hawser.test-kit.ts";
import { initScript } from "./init-script.ts";
import { has, output, pleasesLintian, pleasesRpmlint, run } from "./judges.test-kit.ts";
import { applicationEntries, type PackageKind } from "./layout.ts";
import type { ApplicationPackage } from "./package.ts";
import { applicationPlaces } from "./places.ts";
import { rpmScripts } from "./rpm-scripts.ts";
import { packageUnit } from "./unit.ts";
import { packageFileName, writePackage } from "./write.ts";

const folder = mkdtempSync(join(tmpdir(), "hawser-package-"));
after(() => rmSync(folder, { recursive: true }));

const plain = fakeApplication(80, {
  summary: "Web server of one page",
  files: fakeHawser.filter(({ path }) => !path.includes("deep")),
});

async function written(kind: PackageKind, application: ApplicationPackage): Promise<string> {
  const path = join(folder, packageFileName(kind, application));
  writeFileSync(path, await whole(writePackage(kind, application)));
  return path;
}

describe("Debian's tools", () => {
  let deb = "";
  before(async () => {
    deb = await written("deb", fakeApplication(80));
  });

  test("dpkg-deb tells what a deb is, and what is in it", (t) => {
    if (!has(t, "dpkg-deb")) return;
    const info = output("dpkg-deb", "--info", deb);
    assert.match(info, /^ Depends: nodejs \(>= 20\.19\), passwd$/m);
    assert.match(info, /^ Maintainer: Ada Lovelace <ada@example\.org>$/m);
    const list = output("dpkg-deb", "--contents", deb);
    for (const line of [
      "-rwxr-xr-x root/root .* ./etc/init.d/my-site",
      "-rw-r----- root/root .* ./etc/my-site/my-site.tap",
      "-rw-r--r-- root/root .* ./lib/systemd/system/my-site.service",
      "drwxr-x--- root/root .* ./var/lib/my-site/",
      `-rw-r--r-- root/root .* ./usr/lib/my-site/node_modules/hawser/(deep/){30}x{120}.json`,
      "-rw-r--r-- root/root .* ./usr/lib/my-site/node_modules/über/index.js",
    ]) {
      assert.match(list, new RegExp(`^${line}$`, "m"));
    }
    assert.equal(output("dpkg-deb", "--field", deb, "Version"), "1.0\n");
  });

  test("dpkg-deb unpacks what was packed, with the sums that were told", (t) => {
    if (!has(t, "dpkg-deb", "md5sum")) return;
    const root = join(folder, "unpacked");
    output("dpkg-deb", "--raw-extract", deb, root);
    const { status, output: sums } = run("sh", "-c", `cd '${root}' && md5sum --check --strict --quiet DEBIAN/md5sums`);
    assert.equal(status, 0, sums);
    for (const { path, content } of fakeHawser) {
      assert.equal(readFileSync(join(root, "usr/lib/my-site", path), "utf8"), content);
    }
  });

  test("lintian finds nothing wrong", async (t) => {
    if (has(t, "lintian")) pleasesLintian(await written("deb", plain));
  });
});

describe("RPM's tools", () => {
  let file = "";
  before(async () => {
    file = await written("rpm", plain);
  });

  test("rpm tells what a package is, and what is in it", (t) => {
    if (!has(t, "rpm")) return;
    const info = output("rpm", "-qpi", file);
    for (const line of [
      /^Name {8}: my-site$/m,
      /^Architecture: noarch$/m,
      /^License {5}: MIT$/m,
      /^Build Date {2}: Sun Jun 15 15:06:40 2025$/m,
    ]) {
      assert.match(info, line);
    }
    const list = output("rpm", "-qplv", file);
    for (const line of [
      "-rwxr-xr-x +1 root +root .* /etc/init.d/my-site",
      "-rw-r----- +1 root +my-site .* /etc/my-site/my-site.tap",
      "drwxr-x--- +2 my-site +my-site .* /var/lib/my-site",
    ]) {
      assert.match(list, new RegExp(`^${line}$`, "m"));
    }
    assert.equal(output("rpm", "-qp", "--configfiles", file), "/etc/my-site/my-site.tap\n");
    assert.match(output("rpm", "-qp", "--requires", file), /^nodejs\(engine\) >= 20\.19$/m);
    assert.match(output("rpm", "-qp", "--provides", file), /^my-site = 1\.0-1$/m);
    assert.match(
      output("rpm", "-qp", "--changelog", file),
      /Sun Jun 15 2025 Ada Lovelace <ada@example\.org> - 1\.0-1\n- Version 1\.0/,
    );
    const scripts = output("rpm", "-qp", "--scripts", file);
    for (const name of ["preinstall", "postinstall", "preuninstall", "postuninstall"]) {
      assert.ok(scripts.includes(`${name} scriptlet (using /bin/sh):`), name);
    }
  });

  test("rpm finds every digest right", (t) => {
    if (!has(t, "rpm")) return;
    const checks = output("rpm", "-Kv", file).split("\n").slice(1, -1);
    assert.deepEqual(
      checks.map((line) => line.trim()),
      ["Header SHA256 digest: OK", "Header SHA1 digest: OK", "Payload SHA256 digest: OK", "MD5 digest: OK"],
    );
  });

  test("rpm finds a changed octet, wherever it is", (t) => {
    if (!has(t, "rpm")) return;
    const octets = readFileSync(file);
    for (const at of [200, 1000, octets.length - 100]) {
      const copy = Buffer.from(octets);
      copy[at]! ^= 1;
      writeFileSync(`${file}.bad`, copy);
      assert.notEqual(run("rpm", "-K", `${file}.bad`).status, 0, `octet ${at}`);
    }
  });

  test("rpm2cpio unpacks what was packed", (t) => {
    if (!has(t, "rpm2cpio", "cpio")) return;
    const root = join(folder, "from-rpm");
    mkdirSync(root);
    output("sh", "-c", `rpm2cpio '${file}' | cpio -i -d --quiet -D '${root}'`);
    for (const { path, content } of plain.files) {
      assert.equal(readFileSync(join(root, "usr/lib/my-site", path), "utf8"), content);
    }
  });

  test("rpmlint finds nothing that has no reason", (t) => {
    if (has(t, "rpm", "rpmlint")) pleasesRpmlint(file);
  });
});

describe("the tools of images", () => {
  test("skopeo reads an image and copies it", async (t) => {
    if (!has(t, "skopeo")) return;
    const path = await written("oci", plain);
    const told = JSON.parse(output("skopeo", "inspect", `oci-archive:${path}`));
    assert.equal(told.Labels["org.opencontainers.image.title"], "my-site");
    assert.equal(told.Created, "2025-06-15T15:06:40Z");
    output("skopeo", "--insecure-policy", "copy", "--quiet", `oci-archive:${path}`, `dir:${join(folder, "copied")}`);
  });

  test("umoci unpacks an image that stands on another one", async (t) => {
    if (!has(t, "umoci", "tar")) return;
    const unpack = (name: string, path: string) => {
      mkdirSync(join(folder, name));
      output("tar", "-x", "-f", path, "-C", join(folder, name));
    };
    unpack("base", await written("oci", { ...plain, name: "base", files: [{ path: "below.txt", content: "base" }] }));
    const above = { ...plain, name: "above" };
    const path = join(folder, "above.tar");
    writeFileSync(path, await whole(writePackage("oci", above, { base: nodeReactor.files(join(folder, "base")) })));
    unpack("layout", path);
    output("umoci", "unpack", "--rootless", "--image", `${join(folder, "layout")}:1.0`, join(folder, "bundle"));
    const root = join(folder, "bundle/rootfs/usr/lib");
    assert.equal(readFileSync(join(root, "base/below.txt"), "utf8"), "base");
    assert.equal(readFileSync(join(root, "above/node_modules/über/index.js"), "utf8"), "export {};\n");
  });
});

describe("what starts and stops", () => {
  const strange = {
    ...plain,
    user: "web",
    command: { script: "it's a program.js", arguments: ["$HOME `x`", '"'], daemonArguments: ["\\"] },
  };

  for (const [name, application] of Object.entries({ plain, strange })) {
    test(`scripts are plain POSIX shell (${name})`, (t) => {
      if (!has(t, "shellcheck", "dash")) return;
      const places = applicationPlaces(application);
      const entries = applicationEntries(application, "deb");
      const scripts = { ...debScripts(places, entries), ...rpmScripts(places), init: initScript(application) };
      for (const [script, text] of Object.entries(scripts)) {
        const path = join(folder, `${name}-${script}`);
        writeFileSync(path, text!);
        output("dash", "-n", path);
        output("shellcheck", "--shell=sh", "--severity=warning", path);
      }
    });

    test(`the unit is one that systemd takes (${name})`, (t) => {
      if (!has(t, "systemd-analyze")) return;
      const path = join(folder, `${name}.service`);
      writeFileSync(path, packageUnit(application));
      assert.equal(output("systemd-analyze", "verify", path), "");
    });
  }
});
