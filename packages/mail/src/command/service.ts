import { type CommandContext, isWithinMachine, type Listener, type Service, type StopOptions } from "@hawser/core";
import { type MailCommandEndpoint, mailEndpoints, shownMailEndpoint } from "./endpoints.ts";
import { mailFactories } from "./factories.ts";
import type { MailCommandValues } from "./options.ts";
import { type MailParts, openMailParts } from "./parts.ts";

/** Starts what `hawser mail` serves. @throws {UsageError} for files that cannot be used */
export async function startMail(given: MailCommandValues, context: CommandContext): Promise<Service> {
  const parts = await openMailParts(given, context);
  const service = new MailService(parts);
  try {
    await service.listen(given, context);
    if (context.whenServing === undefined) await parts.begin();
    else context.whenServing(() => parts.begin());
    return service;
  } catch (error) {
    await service.stop({ graceMs: 0 });
    throw error;
  }
}

class MailService implements Service {
  readonly #parts: MailParts;
  readonly #listeners: Listener[] = [];

  constructor(parts: MailParts) {
    this.#parts = parts;
  }

  async listen(given: MailCommandValues, context: CommandContext): Promise<void> {
    const endpoints = mailEndpoints(given);
    const factories = mailFactories(this.#parts, given);
    for (const { endpoint, protocol } of endpoints)
      this.#listeners.push(await context.listen(endpoint, factories[protocol]));
    if (given.localOnly) context.print("nothing is sent elsewhere: mail for other domains is refused");
    for (const [at, endpoint] of endpoints.entries()) {
      const listener = this.#listeners[at]!;
      context.print(`listening on ${shownMailEndpoint(endpoint, listener)}`);
      if (isUseless(endpoint, listener, given))
        context.print("nobody can log in there from elsewhere: passwords need TLS, and so --tls-cert");
    }
  }

  /** First everybody who is connected, who may still send; then what is on its way out; then what all of them needed. */
  async stop(how?: StopOptions): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop(how)));
    await this.#parts.close(how);
  }

  reload(): Promise<void> {
    return this.#parts.reload();
  }
}

/** Logins are what this endpoint is for, and it is open to machines that may not log in. */
function isUseless(
  { protocol, isSecure }: MailCommandEndpoint,
  { address }: Listener,
  { tlsCert }: MailCommandValues,
): boolean {
  const hasLogins = protocol !== "smtp" && protocol !== "lmtp";
  return hasLogins && !isSecure && tlsCert.length === 0 && !isWithinMachine(address);
}
