import { UsageError } from "@hawser/core";

/** A place in a file, both counted from 1. */
export interface TextPlace {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** One mistake in a configuration, a tap file or a command line. */
export interface ConfigurationProblem {
  /** Where it stands, as far as that is known. */
  readonly place?: TextPlace | undefined;
  /** The name of the service. */
  readonly service?: string | undefined;
  /** The option, as the configuration spells it: `port`, `mount["/doc"]`. */
  readonly option?: string | undefined;
  readonly fault: string;
}

/** A configuration that cannot be followed, with everything that is wrong with it. */
export class ConfigurationError extends UsageError {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly [ConfigurationProblem, ...ConfigurationProblem[]], options?: ErrorOptions) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more: "hawser check" tells all)` : "";
    super(`${formatProblem(problems[0])}${more}`, options);
    this.problems = problems;
  }
}

/** One line for people, which editors and terminals find their way by: `hawser.config.ts:9:5: web: port: …`. */
export function formatProblem({ place, service, option, fault }: ConfigurationProblem): string {
  return [place && formatPlace(place), service, option, fault].filter((part) => part !== undefined).join(": ");
}

function formatPlace({ file, line, column }: TextPlace): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}
