import { HawserError } from "./errors.ts";
import type { Factory } from "./factory.ts";
import type { Listener, StopOptions } from "./listener.ts";
import type { Reactor } from "./reactor.ts";

/** The person's fault: a command line, or a configuration, that cannot be followed. The command exits with status 2. */
export class UsageError extends HawserError<"usage"> {
  constructor(message: string, options?: ErrorOptions) {
    super("usage", message, options);
  }
}

/** Something that runs until it is stopped: a listener, a site, a whole application. */
export interface Service {
  /** Finishes what has begun, then lets go of everything. */
  stop(options?: StopOptions): Promise<void>;
  /** Reads again what it was started with: certificates, user files, aliases. No connection is lost. Absent: it has nothing of the kind. */
  reload?(): Promise<void>;
  /** Resolves when it has ended by itself, rejects with what broke it. Absent: it does neither. */
  readonly ended?: Promise<void> | undefined;
}

/** What a command is given, so that it reaches nothing by itself. */
export interface CommandContext {
  readonly reactor: Reactor;
  /** Writes one line for the person who started the command. */
  print(line: string): void;
  /** Opens a file, or `-` for standard output, to append lines to. */
  openLog(path: string): Promise<CommandLog>;
  /**
   * Listens as core's `listen` does. Who starts the command may look at the connections, and keep the socket open from one
   * configuration to the next.
   */
  listen(endpoint: string, factory: Factory): Promise<Listener>;
  /**
   * Has `run` called when work may begin that nobody's connection asks for (a queue, a timer, a connection to elsewhere, a
   * child): everything is bound, privileges are dropped, and the service's predecessor, if it has one, has ended. What it
   * throws breaks the service. Absent: begin at once.
   */
  whenServing?(run: () => void | Promise<void>): void;
  /** The user databases of the application, spelt as for `--auth`, for commands that were given none of their own. */
  readonly users: readonly string[];
}

/** A log that {@link CommandContext.openLog} has opened. */
export interface CommandLog {
  write(text: string): void;
  close(): Promise<void>;
}

/**
 * What an option holds in a configuration or a tap file: plain data. Each piece is what one would type, so all of them are
 * checked by the same {@link CommandOption.parse}; a pair may be a member of an object (`{ "/doc": "/usr/share/doc" }`).
 */
export type CommandData = string | number | boolean | readonly CommandData[] | { readonly [key: string]: CommandData };

/** One option of a command. Its table drives parsing, `--help`, completion, configuration and tap files alike. */
export interface CommandOption<Value = unknown> {
  /** `flag` takes no value; the others say what data a value is. */
  readonly kind: "flag" | "text" | "number" | "pair";
  /** What stands for the value in `--help`: `DIR`, `/URL=DIR`; `undefined` for a flag. */
  readonly placeholder: string | undefined;
  readonly summary: string;
  /** May be given several times; the value is the list of them. */
  readonly repeatable: boolean;
  readonly choices?: readonly string[] | undefined;
  /** What a shell completes the value (of a pair: what follows `=`) with. Default: nothing, or the choices. */
  readonly completes?: "file" | "directory" | undefined;
  /** One letter that means the same on the command line: `o` for `-o`. */
  readonly short?: string | undefined;
  /** Never printed, nor shown by `check`: it holds a password. */
  readonly secret?: boolean | undefined;
  /** Shown in `--help` where leaving the option out means this. */
  readonly defaultText?: string | undefined;
  /** One given text to its value. Throws a {@link UsageError} that says what is wrong. */
  parse(text: string): unknown;
  /** Never there: carries the type of the value. */
  readonly value?: Value;
}

/** Options by name in camel case; on the command line `tlsCert` is `--tls-cert`, and `noListing` is `--no-listing`. */
export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** The values of a table of options: what a command's `start` gets. */
export type CommandValues<Options extends CommandOptions> = {
  readonly [Name in keyof Options]: Options[Name] extends CommandOption<infer Value> ? Value : never;
};

/** A command line that shows what a command is good for, with a word of explanation. */
export type CommandExample = readonly [line: string, meaning: string];

/** What a command would do with its options, found out without doing it. */
export interface CommandPreview {
  /** The endpoints it would listen on, in order. */
  readonly listens: readonly string[];
}

/** How a command takes part in a personal server: what `hawser up` makes for somebody who has configured nothing. */
export interface PersonalService {
  /**
   * Its options: it listens on this machine alone, on a port that needs no privileges. Paths begin in the server's folder,
   * which holds what the folder `welcome` of the package `hawser` holds.
   */
  readonly options: Readonly<Record<string, CommandData>>;
}

/** A command below one that serves: `hawser mail local`. It is loaded when it is called, and costs its parent nothing. */
export interface Subcommand {
  readonly summary: string;
  readonly load: () => Promise<Command | Tool>;
}

/**
 * A command of `hawser` that serves. A package brings its own (DESIGN §5.4) and imports nothing for it but this shape.
 * The same table makes it a service of an application: `hawser.config.ts` and tap files hold its options as data.
 */
export interface Command<Options extends CommandOptions = CommandOptions> {
  readonly name: string;
  readonly summary: string;
  readonly options: Options;
  /** Lines for its help, where its words are more than its options can tell. */
  readonly details?: readonly string[] | undefined;
  readonly examples?: readonly CommandExample[] | undefined;
  /**
   * Commands below it, by their names: the first word after its own tells, and a command that serves takes no other words but
   * options. One that serves is called by both names where an application has it as a service: `mail local`.
   */
  readonly commands?: Readonly<Record<string, Subcommand>> | undefined;
  /** Absent: the personal server does without it. */
  readonly personal?: PersonalService | undefined;
  /** Starts the service. Throws a {@link UsageError} for options that make no sense. */
  start(values: CommandValues<Options>, context: CommandContext): Promise<Service>;
  /**
   * Looks at what would keep {@link start} from succeeding, and opens, makes and changes nothing; `hawser check` asks.
   * Throws a {@link UsageError} as `start` would. Absent: the service listens where its option `listen` says.
   */
  preview?(values: CommandValues<Options>, context: { readonly reactor: Reactor }): Promise<CommandPreview>;
}

/** The person in front of a tool. */
export interface Terminal {
  /** Writes a line to standard output. */
  print(line: string): void;
  /** Writes a line to standard error. */
  complain(line: string): void;
  /** Writes octets to standard output as they are. */
  write(chunk: Uint8Array): Promise<void>;
  /** Asks for a secret and shows nothing of what is typed. Throws a {@link UsageError} where there is no terminal. */
  readSecret(prompt: string): Promise<string>;
  /** Reads standard input to its end. Throws a {@link UsageError} beyond `octetsMax` (default 1 MiB). */
  readAllInput(options?: { readonly octetsMax?: number | undefined }): Promise<Uint8Array>;
}

/** What a tool is given. */
export interface ToolContext {
  readonly reactor: Reactor;
  readonly terminal: Terminal;
  /** Aborts when the person has had enough. */
  readonly signal: AbortSignal;
}

/** A word of a tool's command line that is no option: `NAME`, `FILE`. */
export interface ToolOperand<Value = unknown> {
  readonly placeholder: string;
  readonly summary: string;
  readonly optional: boolean;
  /** Takes all words that are left, options among them when `raw`: the command line of another command. */
  readonly rest?: "words" | "raw" | undefined;
  /** What a shell completes it with; `command` is the name of one that serves, and a raw rest is then its command line. */
  readonly completes?: "file" | "directory" | "command" | undefined;
  parse(text: string): unknown;
  /** Never there: carries the type of the value. */
  readonly value?: Value;
}

/** Operands by name, in the order in which they are written. */
export type ToolOperands = Readonly<Record<string, ToolOperand>>;

/** The values of a table of operands. */
export type ToolOperandValues<Operands extends ToolOperands> = {
  readonly [Name in keyof Operands]: Operands[Name] extends ToolOperand<infer Value> ? Value : never;
};

/** A command of `hawser` that does something and ends: `hawser user add`, `hawser dig`. */
export interface Tool<Options extends CommandOptions = CommandOptions, Operands extends ToolOperands = ToolOperands> {
  readonly name: string;
  readonly summary: string;
  readonly options: Options;
  readonly operands: Operands;
  /** Lines for its help, where its words are more than options and operands can tell. */
  readonly details?: readonly string[] | undefined;
  readonly examples?: readonly CommandExample[] | undefined;
  /** Does it, and tells the exit status. Throws a {@link UsageError} for what makes no sense. */
  run(values: CommandValues<Options> & ToolOperandValues<Operands>, context: ToolContext): Promise<number>;
}

/** Tools under one name: `hawser user` with `add`, `remove`, `list`. */
export interface ToolGroup {
  readonly name: string;
  readonly summary: string;
  readonly tools: Readonly<Record<string, Tool>>;
}

/** Whatever can stand behind `hawser NAME`. */
export type AnyCommand = Command | Tool | ToolGroup;
