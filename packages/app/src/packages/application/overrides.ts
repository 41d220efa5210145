import type { ApplicationPackage } from "./package.ts";

type Override = readonly [tag: string, reason: string];

/**
 * What lintian would say of every application with its dependencies, and why it stays: an application of npm's packages is
 * installed as it was tested, each of them where the others look for it, and its license beside it.
 */
export function lintianOverrides({ name, node }: ApplicationPackage): string {
  const always: readonly Override[] = [
    ["extra-license-file", "Every dependency keeps its license beside it, since they have many owners."],
    ["privacy-breach-generic", "Pages that dependencies bring along are shown to nobody."],
    ["script-not-executable", "Scripts of dependencies are run by Node, by their path."],
    ["non-standard-dir-perm", "State and logs are the service's own affair."],
    ["non-standard-file-perm", "What the service is told may hold secrets: only it reads that."],
  ];
  const binary: readonly Override[] = [
    ["missing-dep-for-interpreter", "Its scripts are run by the Node binary that comes along."],
    ["embedded-library", "The Node binary is the one that was published, for systems that have none."],
    ["unstripped-binary-or-object", "The Node binary is the one that was published."],
    ["hardening-no-pie", "The Node binary is the one that was published."],
    ["hardening-no-fortify-functions", "The Node binary is the one that was published."],
    ["spelling-error-in-binary", "The Node binary is the one that was published."],
  ];
  return [...always, ...(typeof node === "object" ? binary : [])]
    .map(([tag, reason]) => `# ${reason}\n${name}: ${tag}\n`)
    .join("");
}
