import { quote } from "@hawser/core/protocol";
import { envelopeAddress } from "./addresses.ts";
import { SendmailError } from "./errors.ts";
import type { GiveBackContext } from "./given-back.ts";
import { type SendmailHost, sendmailHost } from "./identity.ts";
import type { SendmailLimits } from "./limits.ts";
import { openOutlet, type SendmailOutlet } from "./outlet.ts";
import { readSendmailSettings, type SendmailSettings } from "./settings.ts";
import type { SendmailSystem } from "./system.ts";

/** What a call works with, once it has been opened: the settings, this host's names, and where mail goes. */
export class SendmailDesk implements AsyncDisposable, GiveBackContext {
  readonly system: SendmailSystem;
  readonly limits: SendmailLimits;
  host: SendmailHost = { hostName: "localhost", domain: "localhost" };
  #settings: SendmailSettings = {};
  #outlet: SendmailOutlet | undefined;

  constructor(system: SendmailSystem, limits: SendmailLimits) {
    this.system = system;
    this.limits = limits;
  }

  /** @throws {SendmailError} `configuration`, and what opening the queue throws */
  async open(): Promise<SendmailOutlet> {
    this.#settings = await readSendmailSettings(this.system);
    this.host = await sendmailHost(this.system, this.#settings);
    this.#outlet = await openOutlet(this.system, this.#settings, this.host, this.limits);
    return this.#outlet;
  }

  /** `undefined` before it was opened. */
  get outlet(): SendmailOutlet | undefined {
    return this.#outlet;
  }

  /** The address of whoever called. */
  get author(): string {
    return envelopeAddress(quotedLocal(this.system.user.name), this.host.domain);
  }

  /**
   * The reverse-path: what was asked for, or the caller's own address; empty for none.
   * @throws {SendmailError} `data`, or `notPermitted` for who may not use it
   */
  sender(given: string | undefined): string {
    if (given === undefined) return this.author;
    const sender = given === "" ? "" : envelopeAddress(given, this.host.domain);
    const { trustedUsers } = this.#settings;
    const isOwn = sender.toLowerCase() === this.author.toLowerCase();
    if (trustedUsers === undefined || trustedUsers.includes(this.system.user.name) || isOwn) return sender;
    throw new SendmailError(
      "notPermitted",
      `Cannot send from ${quote(sender)}: ${quote(this.system.user.name)} is not trusted`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#outlet?.[Symbol.asyncDispose]();
  }
}

/** Names of users may hold what an address has to quote. */
function quotedLocal(name: string): string {
  return /^[A-Za-z0-9_.+-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}
