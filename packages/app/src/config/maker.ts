import type { CommandData, CommandOption, CommandOptions } from "@hawser/core";
import type { RestartPolicy } from "../application/description.ts";
import { type CallSite, callSite } from "./call-site.ts";
import type { SecretReference } from "./secret-reference.ts";

/** What is said of a service besides its options. */
export interface ServiceSettings {
  /** Unique in its application; for logs and the dashboard. Default: the command's name, or `web-2` for the second. */
  readonly name?: string | undefined;
  readonly restart?: RestartPolicy | undefined;
}

/** A service of an application, as the makers give it: {@link service}, and `web` and its kin of the package `hawser`. */
export interface ConfiguredService extends ServiceSettings {
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Where it was made, so that mistakes can be told with their line. */
  readonly [madeAt]?: CallSite | undefined;
}

/** An application as it is written in `hawser.config.ts`. */
export interface ApplicationConfiguration {
  /** Default: the name of the configuration's folder. */
  readonly name?: string | undefined;
  /** Where relative paths begin, itself relative to the configuration's folder, which is the default. */
  readonly directory?: string | undefined;
  /** The user databases of services that ask for a login and name none of their own: `file:users`. */
  readonly users?: string | readonly string[] | undefined;
  /** In the order in which they start. */
  readonly services: readonly ConfiguredService[];
}

/** Text of a configuration, or where it is when nobody may read it there. */
export type ConfiguredText = string | SecretReference;

/** What a configuration may write for an option whose value is of this type. */
export type ConfiguredOption<Value> = [Value] extends [boolean]
  ? boolean
  : [Value] extends [number | undefined]
    ? number | ConfiguredText
    : [Value] extends [string | undefined]
      ? Exclude<Value, undefined> | SecretReference
      : [Value] extends [readonly (readonly [string, string])[]]
        ? ConfiguredPairs | readonly string[]
        : [Value] extends [readonly number[]]
          ? number | readonly (number | ConfiguredText)[]
          : [Value] extends [readonly unknown[]]
            ? ConfiguredText | readonly ConfiguredText[]
            : [Value] extends [readonly [string, string] | undefined]
              ? ConfiguredPairs | string
              : ConfiguredText | number;

/** Pairs as an object: `{ "/doc": "/usr/share/doc" }`. */
export type ConfiguredPairs = Readonly<Record<string, ConfiguredText>>;

/** The options of a command as a configuration writes them. Misspelt names do not compile. */
export type ConfiguredOptions<Options extends CommandOptions> = {
  readonly [Name in keyof Options]?:
    | (Options[Name] extends CommandOption<infer Value> ? ConfiguredOption<Value> : never)
    | undefined;
};

/** Makes a service: `web({ path: "htdocs" }, { name: "site" })`. */
export type ServiceMaker<Options extends CommandOptions> = (
  options?: ConfiguredOptions<Options>,
  settings?: ServiceSettings,
) => ConfiguredService;

/**
 * Checks the shape of an application and gives it back, as the default export of `hawser.config.ts`. What its services
 * mean is checked when it is loaded, since that needs their commands.
 */
export function application(configuration: ApplicationConfiguration): ApplicationConfiguration {
  return configuration;
}

/** A service of any command, such as one that a package beside the application brings: `service("gopher", { port: 70 })`. */
export function service(
  command: string,
  options: Readonly<Record<string, CommandData | undefined>> = {},
  settings: ServiceSettings = {},
): ConfiguredService {
  return made(command, options, settings, service);
}

/** A maker that knows its command's options by their types. The command itself is loaded when the application is. */
export function serviceMaker<Options extends CommandOptions>(command: string): ServiceMaker<Options> {
  return function maker(options = {}, settings = {}) {
    return made(command, options, settings, maker);
  };
}

/** Marks the services that makers have made; the same for every copy of this package that is loaded. */
export const madeAt: unique symbol = Symbol.for("hawser:made-at") as never;

function made(command: string, options: object, settings: ServiceSettings, maker: unknown): ConfiguredService {
  const configured = { command, options: { ...options }, ...settings };
  return Object.defineProperty(configured, madeAt, { value: callSite(maker as () => void), enumerable: false });
}
