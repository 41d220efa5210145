import { type Command, type CommandValues, UsageError } from "@hawser/core";
import type { DataPath } from "../config/document.ts";
import type { ConfigurationProblem } from "../config/errors.ts";
import { serviceCommand, spellOption } from "../config/load.ts";
import { reactorIn } from "../config/path.ts";
import { isSecretReference } from "../config/secret-reference.ts";
import { readSecrets, secretsIn } from "../config/secrets.ts";
import type { CheckContext, CheckedListener } from "./check.ts";
import { certificateNames, endpointFault } from "./check-endpoint.ts";
import type { ServiceDescription } from "./description.ts";
import { commandValues, type OptionData, OptionError } from "./values.ts";

type AnyValues = CommandValues<Command["options"]>;

/** What is found out about one service. */
export class ServiceCheck {
  readonly problems: ConfigurationProblem[] = [];
  readonly warnings: ConfigurationProblem[] = [];
  readonly listeners: CheckedListener[] = [];
  readonly #service: ServiceDescription;
  readonly #index: number;
  readonly #directory: string | undefined;
  readonly #context: CheckContext;

  constructor(service: ServiceDescription, index: number, directory: string | undefined, context: CheckContext) {
    this.#service = service;
    this.#index = index;
    this.#directory = directory;
    this.#context = context;
  }

  async run(command: Command): Promise<void> {
    this.#warnOfSecretsInClear(command);
    const values = commandValues(command, await this.#secrets());
    this.#readEndpoints(values);
    try {
      const preview = await command.preview?.(values as never, {
        reactor: reactorIn(this.#directory, this.#context.reactor),
      });
      for (const endpoint of preview?.listens ?? listed(values)) await this.#listener(endpoint);
    } catch (error) {
      this.tell(error);
    }
  }

  /** The options with their secrets; those whose secrets cannot be read are told, and left out. */
  async #secrets(): Promise<OptionData> {
    const { reactor, environment } = this.#context;
    const warn = (fault: string) => void this.warnings.push(this.#problem(fault));
    const context = { reactor, environment, directory: this.#directory, warn };
    const read: Record<string, OptionData[string]> = {};
    for (const [name, data] of Object.entries(this.#service.options)) {
      await readSecrets({ [name]: data }, context).then(
        (one) => Object.assign(read, one),
        (error: unknown) => this.tell(error),
      );
    }
    return read;
  }

  /** A password that stands where everybody finds it who may read the configuration. */
  #warnOfSecretsInClear({ options }: Command): void {
    for (const [name, data] of Object.entries(this.#service.options)) {
      const isClear =
        options[name]?.secret === true && !isSecretReference(data) && secretsIn({ [name]: data }).length === 0;
      if (isClear)
        this.warnings.push(this.#problem("it is written in clear: { secret: { file: … } } keeps it elsewhere", name));
    }
  }

  /** Tells each endpoint that cannot be read with its place; a command that looks at them would stop at the first. */
  #readEndpoints(values: AnyValues): void {
    for (const [index, endpoint] of listed(values).entries()) {
      const fault = endpointFault(endpoint);
      if (fault !== undefined) this.problems.push(this.#problem(fault, "listen", [index]));
    }
  }

  async #listener(endpoint: string): Promise<void> {
    if (endpointFault(endpoint) !== undefined) return;
    const { name: service, command } = this.#service;
    const { place } = this.#problem("", "listen");
    const tlsNames = await certificateNames(endpoint, this.#context.reactor, this.#directory).catch(
      (error: unknown) => {
        this.tell(error);
        return [];
      },
    );
    this.listeners.push({ endpoint, service, command, tlsNames, place });
  }

  /** Takes what a command throws for options that it cannot follow; anything else is a mistake of its own, and thrown on. */
  tell(error: unknown): void {
    if (error instanceof OptionError) {
      this.problems.push(this.#problem(error.fault, error.option, error.path));
    } else if (error instanceof UsageError || (error instanceof Error && expected.has(error.name))) {
      this.problems.push(this.#problem(error.message.split("\n", 1)[0]!));
    } else throw error;
  }

  #problem(fault: string, option?: string, path: DataPath = []): ConfigurationProblem {
    const place = this.#context.placeOf?.(this.#index, option === undefined ? [] : [option, ...path]);
    return { place, service: this.#service.name, option: option && spellOption(option, path), fault };
  }
}

const expected: ReadonlySet<string> = new Set(["EndpointError", "ConnectionError", "FileError"]);

/** What stands in the option `listen`, which nearly every command has. */
function listed(values: AnyValues): readonly string[] {
  const { listen } = values as { readonly listen?: unknown };
  return [listen].flat().filter((one) => typeof one === "string");
}

/** Checks one service, as far as its command can be found. */
export async function checkService(
  check: ServiceCheck,
  service: ServiceDescription,
  context: CheckContext,
): Promise<void> {
  try {
    await check.run(await serviceCommand(service.command, context.findCommand));
  } catch (error) {
    check.tell(error);
  }
}
