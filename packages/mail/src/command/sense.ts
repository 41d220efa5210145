import { quote, type Reactor, UsageError } from "@hawser/core";
import { mailEndpoints } from "./endpoints.ts";
import type { MailCommandValues } from "./options.ts";

/** Looks whether the options of `hawser mail` go together. @throws {UsageError} */
export function requireMailSense(given: MailCommandValues, { kind }: Pick<Reactor, "kind">): void {
  const { domain, tlsCert, tlsKey } = given;
  if (domain.length === 0) throw new UsageError("there is no domain: add --domain, such as --domain example.org");
  const names = domain.map(([name]) => name);
  requireOnce([...names, ...given.domainAlias.map(([name]) => name)], "domain");
  for (const [, of] of given.domainAlias)
    if (!names.includes(of)) throw new UsageError(`--domain-alias: ${quote(of)} is no --domain`);
  requireOnce(
    domain.map(([, folder]) => folder),
    "folder",
  );
  for (const [name] of given.catchAll)
    if (name !== "" && !names.includes(name)) throw new UsageError(`--catch-all: ${quote(name)} is no --domain`);
  requireOnce(
    given.catchAll.map(([name]) => name || names[0]!),
    "catch-all",
  );
  if (tlsKey.length > 0 && tlsKey.length !== tlsCert.length)
    throw new UsageError(`--tls-key: there are ${tlsKey.length} for ${tlsCert.length} certificates`);
  requireRelaySense(given);
  if (kind === "cluster")
    throw new UsageError("mail needs one process, which keeps its mailboxes: leave out --reactor");
  if (mailEndpoints(given).length === 0) throw new UsageError("there is nowhere to listen");
}

function requireRelaySense({ relay, relayUser, relayPassword, localOnly }: MailCommandValues): void {
  if (relay !== undefined && localOnly) throw new UsageError("--relay and --local-only exclude each other");
  if (relay === undefined && relayUser !== undefined) throw new UsageError("--relay-user needs --relay");
  if ((relayUser === undefined) !== (relayPassword === undefined))
    throw new UsageError("--relay-user and --relay-password need each other");
}

function requireOnce(values: readonly string[], what: string): void {
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  if (twice !== undefined) throw new UsageError(`the ${what} ${quote(twice)} is named twice`);
}
