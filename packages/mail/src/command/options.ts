import {
  type CommandOption,
  type CommandValues,
  optionFlag,
  optionValue,
  optionValues,
  parseWholeNumber,
  type ValueParser,
} from "@hawser/core";
import {
  parseCatchAll,
  parseDkimKey,
  parseDomainAlias,
  parseMailDomain,
  parseNetwork,
  parseOctets,
  parseRelay,
} from "./spelling.ts";

/**
 * The options of `hawser mail` by their types, for `mail({ … })` in a configuration. Each is explained where it is read:
 * `hawser mail --help` shows them all.
 */
export type MailCommandOptions = {
  readonly domain: CommandOption<readonly (readonly [string, string])[]>;
  readonly domainAlias: CommandOption<readonly (readonly [string, string])[]>;
  readonly auth: CommandOption<readonly string[]>;
  readonly scram: CommandOption<boolean>;
  readonly smtp: CommandOption<readonly string[]>;
  readonly submission: CommandOption<readonly string[]>;
  readonly lmtp: CommandOption<readonly string[]>;
  readonly pop3: CommandOption<readonly string[]>;
  readonly imap: CommandOption<readonly string[]>;
  readonly tlsCert: CommandOption<readonly string[]>;
  readonly tlsKey: CommandOption<readonly string[]>;
  readonly hostname: CommandOption<string | undefined>;
  readonly aliases: CommandOption<readonly string[]>;
  readonly catchAll: CommandOption<readonly (readonly [string, string])[]>;
  readonly postmaster: CommandOption<string | undefined>;
  readonly queue: CommandOption<string | undefined>;
  readonly relayFrom: CommandOption<readonly string[]>;
  readonly relay: CommandOption<string | undefined>;
  readonly relayUser: CommandOption<string | undefined>;
  readonly relayPassword: CommandOption<string | undefined>;
  readonly localOnly: CommandOption<boolean>;
  readonly dkim: CommandOption<readonly (readonly [string, string])[]>;
  readonly quota: CommandOption<number | undefined>;
  readonly maxSize: CommandOption<number | undefined>;
  readonly greylist: CommandOption<boolean>;
  readonly peerMessagesHourly: CommandOption<number | undefined>;
  readonly userRecipientsHourly: CommandOption<number | undefined>;
  readonly dnsbl: CommandOption<readonly string[]>;
  readonly noSenderChecks: CommandOption<boolean>;
  readonly nameServer: CommandOption<readonly string[]>;
  readonly connections: CommandOption<number | undefined>;
  readonly connectionsPerPeer: CommandOption<number | undefined>;
  readonly log: CommandOption<string | undefined>;
};

/** What the options of `hawser mail` hold when they have been read. */
export type MailCommandValues = CommandValues<MailCommandOptions>;

/** The table of `hawser mail`. */
export const mailCommandOptions: MailCommandOptions = {
  domain: optionValues("NAME[=DIR]", "a domain, and the folder of its Maildirs; repeatable", {
    parse: parseMailDomain,
    defaultText: "DIR is mail/NAME",
    completes: "directory",
  }),
  domainAlias: optionValues("NAME=DOMAIN", "another name of a domain, with the same people; repeatable", {
    parse: parseDomainAlias,
  }),
  auth: optionValues("DATABASE", "where users are, such as file:users; they log in by whole addresses; repeatable"),
  scram: optionFlag("offer SCRAM too: every user must have a secret for it"),
  smtp: optionValues("ENDPOINT", "take mail from other servers here, such as tcp:25; repeatable"),
  submission: optionValues("ENDPOINT", "take mail from users who log in here, such as tcp:587 or tls:465; repeatable"),
  lmtp: optionValues("ENDPOINT", "deliver for another server here, such as unix:lmtp.sock:mode=660; repeatable"),
  pop3: optionValues("ENDPOINT", "hand mail out by POP3 here, such as tls:995; repeatable"),
  imap: optionValues("ENDPOINT", "hand mail out by IMAP here, such as tls:993; repeatable"),
  tlsCert: optionValues("FILE", "our certificate with its chain, for STARTTLS and tls: endpoints; repeatable", {
    completes: "file",
  }),
  tlsKey: optionValues("FILE", "its key, when it is not in the same file; repeatable", { completes: "file" }),
  hostname: optionValue("NAME", "what this server calls itself", { defaultText: "mail.DOMAIN" }),
  aliases: optionValues("FILE", "names that lead to others, as in aliases(5); repeatable", { completes: "file" }),
  catchAll: optionValues("[DOMAIN=]ADDRESS", "who gets mail for nobody else of a domain; repeatable", {
    parse: parseCatchAll,
  }),
  postmaster: optionValue("ADDRESS", "who reads what is for postmaster and abuse, where no alias says", {
    defaultText: "a mailbox of that name",
  }),
  queue: optionValue("DIR", "where mail waits for its way", { defaultText: "mail-queue", completes: "directory" }),
  relayFrom: optionValues("NET", "who may send anywhere without a login, such as 10.0.0.0/8; repeatable", {
    parse: parseNetwork,
  }),
  relay: optionValue("HOST[:PORT]", "the server, or its endpoint, that gets all mail for elsewhere", {
    parse: parseRelay,
    defaultText: "the servers of each domain",
  }),
  relayUser: optionValue("NAME", "our login there"),
  relayPassword: optionValue("TEXT", "its password", { secret: true }),
  localOnly: optionFlag("send nothing elsewhere: mail for other domains is refused"),
  dkim: optionValues("SELECTOR=KEY", "sign what is sent with this key, a file in PEM; repeatable", {
    parse: parseDkimKey,
    completes: "file",
  }),
  quota: optionValue("OCTETS", "what a mailbox holds, such as 2G", { parse: parseOctets, defaultText: "no limit" }),
  maxSize: optionValue("OCTETS", "the largest message", { parse: parseOctets, defaultText: "50M" }),
  greylist: optionFlag("let servers that were never here before come again later"),
  peerMessagesHourly: optionValue("N", "messages an hour from one network, without a login", {
    parse: count(10_000_000),
    defaultText: "no limit",
  }),
  userRecipientsHourly: optionValue("N", "recipients an hour of one user, whose password may be stolen", {
    parse: count(10_000_000),
    defaultText: "1000",
  }),
  dnsbl: optionValues("ZONE", "refuse mail from addresses on this list, such as zen.example.net; repeatable"),
  noSenderChecks: optionFlag("look at no SPF, DKIM and DMARC of mail from elsewhere"),
  nameServer: optionValues("SERVER", "the DNS server to ask, such as 192.0.2.53; repeatable", {
    defaultText: "the system's",
  }),
  connections: optionValue("N", "connections at a time to each endpoint", {
    parse: count(1_000_000),
    defaultText: "1000",
  }),
  connectionsPerPeer: optionValue("N", "of these, from one address", { parse: count(1_000_000), defaultText: "50" }),
  log: optionValue("FILE|-", "write a line for what becomes of each message", { completes: "file" }),
};

function count(most: number): ValueParser<number> {
  return parseWholeNumber(1, most);
}
