import type { CommandOption } from "@hawser/core";

/**
 * The options of `hawser web` by their types, for `web({ … })` in a configuration. Each is explained where it is read:
 * `hawser web --help` shows them all.
 */
export type WebCommandOptions = {
  readonly listen: CommandOption<readonly string[]>;
  readonly port: CommandOption<number | undefined>;
  readonly path: CommandOption<string | undefined>;
  readonly index: CommandOption<readonly string[]>;
  readonly mount: CommandOption<readonly (readonly [string, string])[]>;
  readonly cgi: CommandOption<readonly (readonly [string, string])[]>;
  readonly processor: CommandOption<readonly (readonly [string, string])[]>;
  readonly vhost: CommandOption<readonly (readonly [string, string])[]>;
  readonly noListing: CommandOption<boolean>;
  readonly noCompression: CommandOption<boolean>;
  readonly auth: CommandOption<readonly string[]>;
  readonly authScheme: CommandOption<"basic" | "digest" | undefined>;
  readonly authRealm: CommandOption<string | undefined>;
  readonly tlsCert: CommandOption<string | undefined>;
  readonly tlsKey: CommandOption<string | undefined>;
  readonly log: CommandOption<string | undefined>;
  readonly logFormat: CommandOption<"combined" | "json" | undefined>;
};
