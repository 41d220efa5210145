import { closeSync, openSync } from "node:fs";
import type { ToolContext } from "@hawser/core";
import type { ApplicationDescription } from "../application/description.ts";
import { logError } from "../logs/index.ts";
import { startWatchdog } from "../systemd/index.ts";
import type { ApplicationSource, RunParts } from "./parts.ts";
import { prepareProcess, type RunPlace } from "./place.ts";
import { dropPrivileges } from "./privileges.ts";
import { listenToSignals } from "./run-signals.ts";
import { type RunningApplication, runReactor, startHere, startInWorkers } from "./running.ts";
import type { RunSettings } from "./settings.ts";
import { Undo } from "./undo.ts";

/** An application that is to be served in this process until it is told to stop. */
export interface ServedRun {
  readonly source: ApplicationSource;
  readonly settings: RunSettings;
  readonly parts: RunParts;
  readonly context: ToolContext;
  readonly description: ApplicationDescription;
  /** Reads the description again. */
  load(): Promise<ApplicationDescription>;
  /** Called once, when it listens, with what it said. */
  up(lines: readonly string[]): Promise<void>;
}

/** What an application says while it starts, such as where it listens; it may go on speaking. */
const linesMax = 1_000;

/** Prepares this process, starts the application, and stops it in order when that is asked for. */
export async function serveApplication(run: ServedRun): Promise<void> {
  const undo = new Undo();
  try {
    const { settings, description, context } = run;
    const place = await prepareProcess(settings, description.directory, context.reactor, undo);
    await new ServedApplication(run, place).serve(undo);
  } finally {
    await undo.all();
  }
}

/** The life of a served application, from its start to its end. */
class ServedApplication {
  readonly #run: ServedRun;
  readonly #place: RunPlace;
  readonly #lines: string[] = [];
  readonly #stopAsked: Promise<string>;
  readonly #hurry = new AbortController();
  readonly #atTerminal = hasTerminal();
  #askStop!: (why: string) => void;
  #application: RunningApplication | undefined;
  #reloading: Promise<void> = Promise.resolve();
  #reloadsWaiting = 0;
  #stopping = false;

  constructor(run: ServedRun, place: RunPlace) {
    this.#run = run;
    this.#place = place;
    this.#stopAsked = new Promise((resolve) => {
      this.#askStop = resolve;
    });
  }

  async serve(undo: Undo): Promise<void> {
    this.#listen(undo);
    const { log, manager } = this.#place;
    try {
      this.#application = await this.#start();
      await this.#tellUp();
      const watchdog = startWatchdog(manager, this.#run.context.reactor.clock);
      undo.add(() => watchdog?.stop());
      await this.#untilStopped();
    } catch (error) {
      if (this.#logsElsewhere) logError(log, "fatal", error);
      throw error;
    }
  }

  #listen(undo: Undo): void {
    undo.add(
      listenToSignals({
        stop: (signal) => this.#askStop(signal),
        hurry: () => this.#hurryUp(),
        reload: () => (this.#lostTerminal() ? this.#askStop("SIGHUP") : this.#reloadSoon()),
        reopenLogs: () => this.#reopenLogs(),
        toggleDebug: () => this.#toggleDebug(),
      }),
    );
    const { signal } = this.#run.context;
    const stop = () => this.#askStop(/\bSIG[A-Z]+\b/.exec(String(signal.reason))?.[0] ?? "the program");
    signal.addEventListener("abort", stop, { once: true });
    undo.add(() => signal.removeEventListener("abort", stop));
    if (signal.aborted) stop();
  }

  async #start(): Promise<RunningApplication> {
    const { parts, description, settings } = this.#run;
    const print = (line: string) => this.#print(line);
    if (settings.cluster !== undefined) return startInWorkers(parts, description, settings, print);
    const { account } = settings;
    return startHere(parts, description, {
      reactor: await runReactor(),
      findCommand: parts.findCommand,
      print,
      openLog: (path) => this.#place.logs.open(path),
      variables: process.env,
      bound: () => (account === undefined ? undefined : dropPrivileges(account)),
    });
  }

  async #tellUp(): Promise<void> {
    this.#note(`running as process ${process.pid}`);
    await this.#run.up(this.#lines);
    this.#tellReady();
  }

  /** Until it is told to stop, or ends by itself. */
  async #untilStopped(): Promise<void> {
    const application = this.#application!;
    const ended = application.ended?.then(() => "its own end") ?? this.#stopAsked;
    try {
      const why = await Promise.race([this.#stopAsked, ended]);
      this.#note(`stopping because of ${why}`);
      void this.#place.manager.notify({ stopping: true });
    } finally {
      this.#stopping = true;
      await application.stop({ signal: this.#hurry.signal });
    }
  }

  /** A start that does not come to an end cannot be stopped in order. */
  #hurryUp(): void {
    this.#hurry.abort();
    if (this.#application === undefined) this.#place.abandon();
  }

  /** One reload at a time; those asked for meanwhile are one more. */
  #reloadSoon(): void {
    if (this.#application === undefined || this.#stopping || this.#reloadsWaiting > 1) return;
    this.#reloadsWaiting += 1;
    this.#reloading = this.#reloading.then(() => this.#reload()).finally(() => (this.#reloadsWaiting -= 1));
  }

  /** Never rejects: what cannot be read leaves running what runs. */
  async #reload(): Promise<void> {
    const { log, manager } = this.#place;
    const began = process.hrtime.bigint() / 1_000n;
    this.#reopenLogs();
    void manager.notify({ reloadingUsec: began, status: "reloading" });
    try {
      const { source } = this.#run;
      await this.#application!.reload("words" in source ? undefined : await this.#run.load());
      log.info("reloaded");
    } catch (error) {
      logError(log, "error", error, "what ran before runs on");
    }
    this.#tellReady();
  }

  /** Nothing waits for the manager: it hears everything in its order, and a slow one slows nobody. */
  #tellReady(): void {
    void this.#place.manager.notify({ ready: true, status: this.#lines.join("; "), mainPid: process.pid });
  }

  #reopenLogs(): void {
    this.#place.opened.reopen();
    this.#place.logs.reopen();
  }

  #toggleDebug(): void {
    const { log } = this.#place;
    const usual = this.#run.settings.log.level ?? "info";
    log.level = log.level === "debug" ? usual : "debug";
    log.warn(`logs from ${log.level} on`);
  }

  /** What whoever sits at the terminal knows anyway. */
  #note(text: string): void {
    this.#place.log[this.#logsElsewhere ? "info" : "debug"](text);
  }

  #print(line: string): void {
    if (this.#lines.length < linesMax) this.#lines.push(line);
    if (!this.#run.settings.daemon) this.#run.context.terminal.print(line);
    if (this.#logsElsewhere) this.#place.log.info(line);
  }

  /** Whether the log is not what the person who started it looks at. */
  get #logsElsewhere(): boolean {
    const { daemon, log } = this.#run.settings;
    return daemon || log.file !== undefined || log.syslog !== undefined;
  }

  /** SIGHUP is also what a terminal says when it goes away; a server in its foreground goes with it. */
  #lostTerminal(): boolean {
    return this.#atTerminal && !hasTerminal();
  }
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
