import { type Reactor, type ToolContext, UsageError } from "@hawser/core";
import type { ApplicationDescription } from "../application/description.ts";
import { checkChroot } from "./chroot.ts";
import { failedReport } from "./messages.ts";
import type { ApplicationSource, RunParts } from "./parts.ts";
import { isAccountOurs, refuseUnlessRoot } from "./privileges.ts";
import { serveApplication } from "./serve.ts";
import type { RunSettings } from "./settings.ts";
import { startRun } from "./started-run.ts";
import { findStarter, type Starter } from "./starter.ts";

/** What `hawser run` was asked to do. */
export interface RunRequest {
  readonly source: ApplicationSource;
  readonly settings: RunSettings;
  readonly parts: RunParts;
  readonly context: ToolContext;
  /** Where the passphrase of an encrypted file comes from. Default: whoever is in front of the terminal. */
  readonly passphrase?: (() => Promise<string>) | undefined;
}

/**
 * Runs an application until it is told to stop. It is read here, where there may be a person to ask for a passphrase; with
 * `daemon` or `chroot` it is then started in a process of its own.
 * @returns the exit status
 * @throws what kept it from starting
 */
export async function runApplication(request: RunRequest): Promise<number> {
  const starter = await findStarter();
  if (starter !== undefined) return runForStarter(request, starter);
  const { settings } = request;
  refuseEarly(settings);
  const keys = new Keyring(request.passphrase ?? (() => request.context.terminal.readSecret("Passphrase: ")));
  const description = await load(request, keys);
  if (settings.daemon || settings.chroot !== undefined)
    return runElsewhere(request, { description, passphrase: keys.passphrase });
  await serveApplication({ ...request, description, load: () => load(request, keys), up: async () => {} });
  return 0;
}

/** What would fail late, and then with less to see. */
function refuseEarly({ account, chroot, cluster, profile }: RunSettings): void {
  if (account !== undefined && !isAccountOurs(account)) refuseUnlessRoot("become another user or group");
  if (chroot !== undefined) {
    refuseUnlessRoot("change the root");
    checkChroot(chroot, process.argv[1]!);
  }
  if (profile !== undefined && cluster !== undefined)
    throw new UsageError("Cannot profile a cluster: give --profile to a single process");
}

async function runForStarter(request: RunRequest, starter: Starter): Promise<number> {
  const keys = new Keyring(undefined, starter.passphrase);
  const { description } = starter;
  let isUp = false;
  const up = (lines: readonly string[]) => {
    isUp = true;
    return starter.report({ type: "up", lines });
  };
  try {
    await serveApplication({ ...request, description, load: () => load(request, keys), up });
    return 0;
  } catch (error) {
    if (isUp) throw error;
    await starter.report(failedReport(error));
    return 1;
  } finally {
    endSoon();
  }
}

/** What a service forgot to close keeps no daemon alive that was stopped, and whose pid file is gone. */
function endSoon(): void {
  setTimeout(() => process.exit(), lingerMs).unref();
}

const lingerMs = 2_000;

async function runElsewhere(request: RunRequest, handOver: Parameters<typeof startRun>[1]): Promise<number> {
  const { settings, context } = request;
  const run = await startRun(settings, handOver, { clock: context.reactor.clock, signal: context.signal });
  if (!settings.daemon) return shepherd(run);
  for (const line of run.lines) context.terminal.print(line);
  context.terminal.print(`running in the background as process ${run.pid}`);
  run.part();
  return 0;
}

/** In the foreground, but below another root: stays for the terminal's sake, and passes its signals on. */
async function shepherd(run: Awaited<ReturnType<typeof startRun>>): Promise<number> {
  const signals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
  for (const signal of signals) process.on(signal, run.kill);
  const status = await run.exited;
  for (const signal of signals) process.off(signal, run.kill);
  return status;
}

function load({ source, parts, context }: RunRequest, keys: Keyring): Promise<ApplicationDescription> {
  const reactor: Reactor = context.reactor;
  return parts.load(source, { reactor, findCommand: parts.findCommand, passphrase: () => keys.ask() });
}

/** Remembers the passphrase, since a reload reads the file again where nobody can be asked. */
class Keyring {
  passphrase: string | undefined;
  readonly #ask: (() => Promise<string>) | undefined;

  constructor(ask: (() => Promise<string>) | undefined, passphrase?: string | undefined) {
    this.#ask = ask;
    this.passphrase = passphrase;
  }

  async ask(): Promise<string> {
    if (this.passphrase === undefined && this.#ask === undefined)
      throw new UsageError("Cannot read the encrypted file: it was not encrypted when this was started");
    this.passphrase ??= await this.#ask!();
    return this.passphrase;
  }
}
