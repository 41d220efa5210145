import { type CommandOption, optionChoice, optionValue, parseWholeNumber, UsageError } from "@hawser/core";

/** On what a command runs. */
export interface ReactorChoice {
  readonly kind: "node" | "cluster";
  /** How many processes a cluster has; `undefined` means one for each core. */
  readonly workers: number | undefined;
}

/** The options that every command has. */
export const reactorOptions: Readonly<Record<string, CommandOption>> = {
  reactor: optionChoice(["node", "cluster"], "one process, or one for each core that share the sockets", {
    defaultText: "node",
  }),
  workers: optionValue("N", "how many processes a cluster has", {
    parse: parseWholeNumber(1, 1024),
    defaultText: "one for each core",
  }),
};

export function reactorValues(given: Readonly<Record<string, unknown>>): ReactorChoice {
  const workers = given["workers"] as number | undefined;
  if (workers !== undefined && given["reactor"] !== "cluster")
    throw new UsageError("--workers needs --reactor cluster");
  return { kind: given["reactor"] === "cluster" ? "cluster" : "node", workers };
}
