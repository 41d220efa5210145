import { spawnSync } from "node:child_process";

/** Debian's Python, which has Debian's packages. */
const python = "/usr/bin/python3";

/** Why the tests with a package of Python cannot be run; `undefined` when they can. */
export function missingPythonPackage(module: string, debian: string): string | undefined {
  const { status } = spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" });
  return status === 0 ? undefined : `${debian} is not installed`;
}

/** Runs a program that answers each line of JSON with another. */
export function askPython(program: string, requests: readonly unknown[]): readonly unknown[] {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join("");
  const { status, stdout, stderr } = spawnSync(python, ["-c", program], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}
