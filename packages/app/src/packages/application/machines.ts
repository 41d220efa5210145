import { badField } from "../checks.ts";
import type { DebArchitecture } from "../deb/control.ts";
import type { RpmArchitecture } from "../rpm/description.ts";
import type { ApplicationPackage } from "./package.ts";

/** What the formats call a machine. */
export interface ApplicationMachine {
  readonly deb: DebArchitecture;
  readonly rpm: RpmArchitecture;
  /** As Go calls it; empty for one that fits all. */
  readonly oci: string;
}

const machines: readonly ApplicationMachine[] = [
  { deb: "all", rpm: "noarch", oci: "" },
  { deb: "amd64", rpm: "x86_64", oci: "amd64" },
  { deb: "arm64", rpm: "aarch64", oci: "arm64" },
  { deb: "armhf", rpm: "armv7hl", oci: "arm" },
  { deb: "i386", rpm: "i686", oci: "386" },
  { deb: "ppc64el", rpm: "ppc64le", oci: "ppc64le" },
  { deb: "riscv64", rpm: "riscv64", oci: "riscv64" },
  { deb: "s390x", rpm: "s390x", oci: "s390x" },
];

/**
 * The machines that an application runs on: all, unless something comes along that was compiled.
 * @throws {PackageError} `bad-field` when that is so and none is named
 */
export function applicationMachine({ architecture = "all", node, files }: ApplicationPackage): ApplicationMachine {
  const machine = machines.find(({ deb }) => deb === architecture);
  if (machine === undefined) throw badField("architecture", architecture, "it is one that Debian knows");
  const compiled = typeof node === "object" ? "a Node binary" : files.find(({ path }) => path.endsWith(".node"))?.path;
  if (architecture === "all" && compiled !== undefined) {
    throw badField("architecture", architecture, `it comes with ${compiled}, which fits only one`);
  }
  return machine;
}
