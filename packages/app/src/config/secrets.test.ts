import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { sampleCommand } from "../commands/sample.test.kit.ts";
import { isSecretReference } from "./secret-reference.ts";
import { hideSecrets, readSecrets, type SecretContext, serviceValues } from "./secrets.ts";

const reactor = memoryReactor({
  files: {
    "run/key": "s3cret\n",
    "run/windows": "s3cret\r\n",
    "run/blank": " two lines \n\n",
    "run/latin": Uint8Array.of(0xe4),
    "run/nul": "a\0b",
    "run/long": "x".repeat(70_000),
    "srv/site/near": "beside",
    "run/credentials/hawser/db": "from systemd",
  },
});
const environment = { DB_PASSWORD: "from the environment\n", CREDENTIALS_DIRECTORY: "/run/credentials/hawser" };
const context: SecretContext = { reactor, environment, directory: "/srv/site" };

describe("readSecrets", () => {
  const found: readonly (readonly [source: object, secret: string])[] = [
    [{ file: "/run/key" }, "s3cret"],
    [{ file: "/run/windows" }, "s3cret"],
    [{ file: "/run/blank" }, " two lines \n"],
    [{ file: "near" }, "beside"],
    [{ env: "DB_PASSWORD" }, "from the environment"],
    [{ credential: "db" }, "from systemd"],
  ];
  for (const [source, secret] of found) {
    test(`reads ${JSON.stringify(source)}`, async () => {
      assert.deepEqual(await readSecrets({ password: { secret: source } as never }, context), { password: secret });
    });
  }

  test("puts secrets into lists and pairs, and leaves the rest alone", async () => {
    const key = { secret: { file: "/run/key" } };
    assert.deepEqual(
      await readSecrets({ a: ["x", key], b: { k: key, secret: "no reference" }, c: 1, d: true }, context),
      { a: ["x", "s3cret"], b: { k: "s3cret", secret: "no reference" }, c: 1, d: true },
    );
  });

  test("gives a command's start what it asks for", async () => {
    const values = await serviceValues(
      sampleCommand,
      { port: { secret: { env: "P" } } },
      { reactor, environment: { P: "80" } },
    );
    assert.equal(values["port"], 80);
  });

  const wrong: readonly (readonly [source: object, fault: string])[] = [
    [{ file: "/run/none" }, `in the file "/run/none": no such file`],
    [{ file: "/run" }, `in the file "/run": it is a directory`],
    [{ file: "/run/latin" }, `in the file "/run/latin": it is not UTF-8`],
    [{ file: "/run/nul" }, `in the file "/run/nul": it has a NUL in it`],
    [{ file: "/run/long" }, `in the file "/run/long": it is too long`],
    [{ env: "NONE" }, "in the environment variable NONE: it is not set"],
    [{ credential: "none" }, `in the credential "none": no such file`],
    [{ credential: "../../key" }, `in the credential "../../key": it is no name of one`],
    [{ credential: ".." }, `in the credential "..": it is no name of one`],
  ];
  for (const [source, fault] of wrong) {
    test(`says why ${JSON.stringify(source)} cannot be read, and nothing of what it holds`, () =>
      assert.rejects(readSecrets({ password: { secret: source } as never }, context), (error: Error) => {
        assert.equal(error.message, `--password: cannot read the secret ${fault}`);
        assert.equal(error.cause, undefined);
        return true;
      }));
  }

  test("knows no credentials without systemd", () =>
    assert.rejects(
      readSecrets({ password: { secret: { credential: "db" } } }, { reactor }),
      /systemd gives this process no credentials/,
    ));

  test("warns when everybody can read a secret", async () => {
    const warnings: string[] = [];
    const warn = (line: string) => void warnings.push(line);
    await reactor.files("/").setAttributes("run/key", { mode: 0o644 });
    await readSecrets({ password: { secret: { file: "/run/key" } } }, { ...context, warn });
    await reactor.files("/").setAttributes("run/key", { mode: 0o600 });
    await readSecrets({ password: { secret: { file: "/run/key" } } }, { ...context, warn });
    assert.deepEqual(warnings, [`everybody can read the file "/run/key": chmod o= it`]);
  });
});

test("isSecretReference is true of nothing that only resembles one", () => {
  assert.ok(isSecretReference({ secret: { file: "x" } }));
  const others = [
    { secret: "x" },
    { secret: {} },
    { secret: { file: 1 } },
    { secret: { file: "x", env: "y" } },
    { secret: { path: "x" } },
    { secret: { file: "x" }, more: 1 },
    [],
    null,
    "secret",
  ];
  for (const other of others) assert.ok(!isSecretReference(other), JSON.stringify(other));
});

test("hideSecrets shows where a secret is, and no option that is one", () => {
  const options = { password: "clear", key: { secret: { env: "K" } }, list: [{ secret: { file: "f" } }, "x"] };
  assert.deepEqual(
    hideSecrets(options, (name) => name === "password"),
    {
      password: "…",
      key: "(the environment variable K)",
      list: [`(the file "f")`, "x"],
    },
  );
});
