import {
  type CommandOption,
  type CommandValues,
  optionFlag,
  optionValue,
  optionValues,
  parseWholeNumber,
} from "@hawser/core";
import { type MailLocalFailure, parseMailFailure } from "../failures.ts";

/**
 * The options of `hawser mail local` by their types, for a configuration. Each is explained where it is read:
 * `hawser mail local --help` shows them all.
 */
export type MailLocalCommandOptions = {
  readonly smtp: CommandOption<readonly string[]>;
  readonly web: CommandOption<readonly string[]>;
  readonly pop3: CommandOption<readonly string[]>;
  readonly imap: CommandOption<readonly string[]>;
  readonly webName: CommandOption<readonly string[]>;
  readonly tlsCert: CommandOption<readonly string[]>;
  readonly tlsKey: CommandOption<readonly string[]>;
  readonly allowPlainText: CommandOption<boolean>;
  readonly pedantic: CommandOption<boolean>;
  readonly fail: CommandOption<readonly MailLocalFailure[]>;
  readonly maxMessages: CommandOption<number | undefined>;
  readonly keep: CommandOption<string | undefined>;
  readonly releaseTo: CommandOption<string | undefined>;
  readonly quiet: CommandOption<boolean>;
};

/** What the options hold when they have been read. */
export type MailLocalCommandValues = CommandValues<MailLocalCommandOptions>;

const at = (port: number) => ({ defaultText: `tcp:${port}:interface=127.0.0.1` });

/** The table of `hawser mail local`. */
export const mailLocalCommandOptions: MailLocalCommandOptions = {
  smtp: optionValues("ENDPOINT", "take mail here; none: nowhere; repeatable", at(1025)),
  web: optionValues("ENDPOINT", "show it here, to people and to programs; none: nowhere; repeatable", at(8025)),
  pop3: optionValues("ENDPOINT", "hand it out by POP3 here; none: nowhere; repeatable", at(1110)),
  imap: optionValues("ENDPOINT", "hand it out by IMAP here; none: nowhere; repeatable", at(1143)),
  webName: optionValues("NAME", "a name that the page is asked for by, beside addresses and localhost; repeatable"),
  tlsCert: optionValues("FILE", "a certificate with its chain, for STARTTLS and tls: endpoints; repeatable", {
    completes: "file",
  }),
  tlsKey: optionValues("FILE", "its key, when it is not in the same file; repeatable", { completes: "file" }),
  allowPlainText: optionFlag("take passwords in clear from other machines, too"),
  pedantic: optionFlag("refuse messages that break an RFC, and say why"),
  fail: optionValues(
    "STAGE[:PATTERN]=WHAT",
    "let something go wrong, such as recipient:*@full.example=452; repeatable",
    {
      parse: parseMailFailure,
    },
  ),
  maxMessages: optionValue("N", "how many are kept; the oldest go", {
    parse: parseWholeNumber(1, 100_000),
    defaultText: "1000",
  }),
  keep: optionValue("DIR", "keep messages in a Maildir here; otherwise they are gone with the program", {
    completes: "directory",
  }),
  releaseTo: optionValue("ENDPOINT", "send messages on to this server when somebody says so, such as tcp:HOST:25"),
  quiet: optionFlag("print no line for each message"),
};
