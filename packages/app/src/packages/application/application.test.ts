import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { whole } from "../archives.test-kit.ts";
import { hawserRun, quoteForShell } from "./command.ts";
import { fakeApplication } from "./fake-hawser.test-kit.ts";
import { initScript } from "./init-script.ts";
import { applicationEntries, type PackageKind } from "./layout.ts";
import type { ApplicationPackage } from "./package.ts";
import { applicationPlaces } from "./places.ts";
import { packageUnit } from "./unit.ts";
import { packageFileName, writePackage } from "./write.ts";

const files = [{ path: "node_modules/hawser/bin/hawser.js", content: "" }];
const application = fakeApplication(80, { files });
const paths = (kind: PackageKind, more: Partial<ApplicationPackage> = {}) =>
  applicationEntries({ ...application, ...more }, kind)
    .filter(({ type }) => type !== "directory")
    .map(({ path }) => path)
    .sort();

describe("an application", () => {
  const common = ["/etc/my-site/my-site.tap", "/usr/lib/my-site/node_modules/hawser/bin/hawser.js"];
  const installed = ["/etc/init.d/my-site", "/usr/share/doc/my-site/changelog.gz", "/usr/share/doc/my-site/copyright"];

  test("is laid out alike in every kind of package", () => {
    const deb = ["/lib/systemd/system/my-site.service", "/usr/share/lintian/overrides/my-site"];
    const rpm = ["/usr/lib/systemd/system/my-site.service", "/var/log/my-site/my-site.log"];
    assert.deepEqual(paths("deb"), [...common, ...installed, ...deb].sort());
    assert.deepEqual(paths("rpm"), [...common, ...installed, ...rpm].sort());
    assert.deepEqual(paths("oci"), common);
  });

  test("may bring its Node, further conffiles, and a tap file of another kind", () => {
    const more = {
      node: { binary: "ELF" },
      conffiles: [{ path: "/etc/my-site/tls/key.pem", content: "secret", secret: true }],
      tap: { fileName: "/home/ada/web.tax", content: "" },
    };
    const found = paths("oci", more);
    assert.deepEqual(found, [
      "/etc/my-site/my-site.tax",
      "/etc/my-site/tls/key.pem",
      "/usr/lib/my-site/bin/node",
      common[1],
    ]);
  });

  test("owns the folders of its files", () => {
    const folders = applicationEntries(application, "rpm").filter(({ type }) => type === "directory");
    assert.deepEqual(folders.map(({ path }) => path).sort(), [
      "/etc/my-site",
      "/usr/lib/my-site",
      "/usr/lib/my-site/node_modules",
      "/usr/lib/my-site/node_modules/hawser",
      "/usr/lib/my-site/node_modules/hawser/bin",
      "/usr/share/doc/my-site",
      "/var/lib/my-site",
      "/var/log/my-site",
    ]);
  });

  test("is called as its kind wants it", () => {
    assert.equal(packageFileName("deb", application), "my-site_1.0_all.deb");
    assert.equal(packageFileName("rpm", application), "my-site-1.0-1.noarch.rpm");
    assert.equal(packageFileName("oci", application), "my-site-1.0.oci.tar");
    const bound = { ...application, node: { binary: "" }, architecture: "arm64" as const };
    assert.equal(packageFileName("deb", bound), "my-site_1.0_arm64.deb");
    assert.equal(packageFileName("rpm", bound), "my-site-1.0-1.aarch64.rpm");
  });

  test("is the same whenever it is written", async () => {
    for (const kind of ["deb", "rpm", "oci"] as const) {
      assert.deepEqual(
        await whole(writePackage(kind, application)),
        await whole(writePackage(kind, application)),
        kind,
      );
    }
  });

  test("is run by its unit as its user", () => {
    const unit = packageUnit({ ...application, summary: "100% of it \\" });
    assert.match(unit, /^Description=100%% of it$/m);
    assert.match(unit, /^User=my-site$/m);
    assert.match(
      unit,
      /^ExecStart=\/usr\/bin\/env node \/usr\/lib\/my-site\/node_modules\/hawser\/bin\/hawser\.js run --file \/etc\/my-site\/my-site\.tap$/m,
    );
  });

  test("is started by its init script with the words of hawser run", () => {
    const { daemonArguments } = hawserRun(applicationPlaces(application));
    assert.ok(initScript(application).includes(`run --file /etc/my-site/my-site.tap ${daemonArguments.join(" ")})`));
    const command = { script: "it's.js", arguments: ["$(reboot)", "a b"], daemonArguments: [] };
    assert.ok(initScript({ ...application, command }).includes(`'/usr/lib/my-site/it'\\''s.js' '$(reboot)' 'a b')`));
    assert.ok(packageUnit({ ...application, command }).includes(`"/usr/lib/my-site/it's.js" $$(reboot) "a b"\n`));
  });
});

describe("words", () => {
  test("are quoted for a shell so that nothing in them means anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (word) => {
        const quoted = quoteForShell(word);
        // What is inside single quotes is itself; between them stand only escaped single quotes.
        const read = quoted.startsWith("'") ? quoted.slice(1, -1).split("'\\''").join("'") : quoted;
        assert.equal(read, word);
        assert.ok(quoted.startsWith("'") || /^[\w@%+=:,./-]+$/.test(quoted));
      }),
    );
  });
});

describe("an application is refused for", () => {
  const bad: Readonly<Record<string, readonly [code: string, more: Partial<ApplicationPackage>]>> = {
    "a name that is none": ["bad-field", { name: "../x" }],
    "a name that can be no user": ["bad-field", { name: "my.site" }],
    "a user that is none": ["bad-field", { user: "root; reboot" }],
    "a tap file without an ending": ["bad-field", { tap: { fileName: "web", content: "" } }],
    "a version that is none": ["bad-field", { version: "v1" }],
    "a maintainer without an address": ["bad-field", { maintainer: "Ada" }],
    "a summary with a line end": ["bad-field", { summary: "a\nUser=root" }],
    "a license with a line end": ["bad-field", { license: "MIT\n" }],
    "an empty description": ["bad-field", { description: "" }],
    "a file that leads out": ["bad-path", { files: [{ path: "../../etc/passwd", content: "" }] }],
    "an absolute file": ["bad-path", { files: [{ path: "/etc/passwd", content: "" }] }],
    "a conffile elsewhere": ["bad-path", { conffiles: [{ path: "/usr/x", content: "" }] }],
    "a conffile that leads out": ["bad-path", { conffiles: [{ path: "/etc/../usr/x", content: "" }] }],
    "a script that leads out": ["bad-path", { command: { script: "../x", arguments: [], daemonArguments: [] } }],
    "a word with a line end": ["bad-field", { command: { script: "x", arguments: ["a\nb"], daemonArguments: [] } }],
    "a Node for no machine": ["bad-field", { node: { binary: "" } }],
    "an addon for no machine": ["bad-field", { files: [{ path: "build/x.node", content: "" }] }],
    "two files at one place": ["duplicate-path", { conffiles: [{ path: "/etc/init.d/my-site", content: "" }] }],
    "more than is allowed": ["too-large", { files: [{ path: "x", content: { octets: 2 ** 31, async *read() {} } }] }],
  };
  for (const [name, [code, more]] of Object.entries(bad)) {
    test(name, async () => {
      const write = async () => whole(writePackage("deb", { ...application, ...more }));
      await assert.rejects(write, { name: "PackageError", code });
    });
  }
});
