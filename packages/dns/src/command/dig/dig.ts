import { quote, type ToolContext, UsageError } from "@hawser/core";
import { DnsTextError } from "../../errors.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { DnsRcode } from "../../words.ts";
import { tsigKeyOf, tsigKeysIn } from "../keys.ts";
import { readText } from "../text-file.ts";
import { DigAsking, type DigMeans } from "./asking.ts";
import { DigCarrier, type DigServer } from "./carrier.ts";
import { digHelp } from "./help.ts";
import { digNameServers } from "./name-servers.ts";
import { digNames } from "./names.ts";
import { DigPage } from "./page.ts";
import { digServers } from "./servers.ts";
import { type DigSystem, digSystem } from "./system.ts";
import { digTrace } from "./trace.ts";
import { digTransfer, isTransferFault } from "./transfer.ts";
import { type DigLookup, type DigPlan, parseDigWords } from "./words.ts";

/** How `dig` ends. */
export const digStatus = { done: 0, usage: 1, noBatchFile: 8, noReply: 9, failed: 10 } as const;

/** `hawser dig`: does what its words say, and tells the exit status. */
export async function runDig(words: readonly string[], context: ToolContext): Promise<number> {
  const { terminal } = context;
  try {
    const plan = parseDigWords(words);
    if (!plan.help) return await new DigRun(plan, context).run();
    for (const line of digHelp()) terminal.print(line);
    return digStatus.done;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof DnsTextError)) throw error;
    terminal.complain(`hawser dig: ${error.message}`);
    return error instanceof DnsTextError ? digStatus.failed : digStatus.usage;
  }
}

class DigRun {
  readonly #plan: DigPlan;
  readonly #context: ToolContext;
  #system: DigSystem | undefined;
  #status: number = digStatus.done;

  constructor(plan: DigPlan, context: ToolContext) {
    this.#plan = plan;
    this.#context = context;
  }

  async run(): Promise<number> {
    const { reactor, signal } = this.#context;
    const { globals, batchFile } = this.#plan;
    const key = await this.#key();
    const batch = batchFile === undefined ? "" : await this.#batch(batchFile);
    if (batch === undefined) return digStatus.noBatchFile;
    await using carrier = new DigCarrier(reactor, globals, signal);
    const cookie = reactor.random.bytes(8);
    const means: DigMeans = { reactor, carrier, page: this.#pageOf(this.#plan), globals, key, cookie };
    await this.#lookups(this.#plan, means);
    for (const line of batch.split("\n")) await this.#batchLine(line, means);
    return this.#status;
  }

  async #key(): Promise<TsigKey | undefined> {
    const { key, keyFile } = this.#plan;
    if (key !== undefined) return tsigKeyOf(key);
    if (keyFile === undefined) return undefined;
    const [first] = tsigKeysIn(await readText(this.#context.reactor, keyFile, "read the key"));
    if (first === undefined) throw new UsageError(`cannot read the key ${quote(keyFile)}: there is none in it`);
    return first;
  }

  /** @returns `undefined` when there is no such file, which was told */
  async #batch(file: string): Promise<string | undefined> {
    const { terminal, reactor } = this.#context;
    if (file === "-") return Buffer.from(await terminal.readAllInput()).toString();
    try {
      return await readText(reactor, file, "read the batch file");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      terminal.complain(`hawser dig: ${error.message}`);
      return undefined;
    }
  }

  async #batchLine(line: string, means: DigMeans): Promise<void> {
    const words = line.trim().split(/\s+/);
    if (words[0] === "" || /^[#;]/.test(words[0]!)) return;
    const plan = parseDigWords(words, this.#plan);
    await this.#lookups(plan, { ...means, globals: plan.globals, page: this.#pageOf(plan) });
  }

  #pageOf(plan: DigPlan): DigPage {
    return new DigPage(plan, (line) => this.#context.terminal.print(line));
  }

  async #lookups(plan: DigPlan, means: DigMeans): Promise<void> {
    for (const warning of plan.warnings) this.#context.terminal.complain(`;; Warning, ${warning}`);
    for (const lookup of plan.lookups) {
      if (await this.#lookup(lookup, means)) continue;
      means.page.banner(lookup.settings);
      if (lookup.settings.type !== "AXFR") means.page.fault("no servers could be reached");
      this.#status = digStatus.noReply;
    }
  }

  /** Tells whether anybody answered. */
  async #lookup({ name, settings }: DigLookup, means: DigMeans): Promise<boolean> {
    this.#system ??= await digSystem(means.reactor);
    const system = this.#system;
    const [first, ...others] = digNames(name, means.globals, system);
    const servers = await digServers(settings, means.globals, system, means.reactor);
    if (servers.length === 0) throw new UsageError(`couldn't get address for '${settings.server ?? "resolv.conf"}'`);
    if (settings.trace) return digTrace(means, first!, settings, servers);
    if (settings.nsSearch) return digNameServers(means, first!, settings, servers);
    if (settings.type === "AXFR" || settings.type === "IXFR")
      return this.#transfer(means, first!, settings, servers[0]!);
    return this.#search([first!, ...others], { name, settings }, means, servers);
  }

  /** The answer to the first name that there is, or to the last one. */
  async #search(
    names: readonly DomainName[],
    { settings }: DigLookup,
    means: DigMeans,
    servers: readonly DigServer[],
  ): Promise<boolean> {
    for (const [at, name] of names.entries()) {
      const answer = await new DigAsking(means, name, settings).run(servers);
      if (answer === undefined) return false;
      const goesOn = answer.message?.rcode === DnsRcode.nxDomain && at < names.length - 1;
      if (!goesOn || settings.showSearch) means.page.answer(answer, settings);
      if (!goesOn) return true;
    }
    return false;
  }

  async #transfer(
    means: DigMeans,
    name: DomainName,
    settings: DigLookup["settings"],
    server: DigServer,
  ): Promise<boolean> {
    try {
      await digTransfer(means, name, settings, server);
      return true;
    } catch (error) {
      if (!isTransferFault(error)) throw error;
      means.page.fault(
        `Connection to ${server.host}#${server.port}(${server.called}) for ${name} failed: ${(error as Error).message}.`,
      );
      return false;
    }
  }
}
