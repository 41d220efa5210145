import { parseIp, quote, UsageError } from "@hawser/core";
import { parseDnsType } from "../../records/types.ts";
import { DnsClass, parseDnsClass } from "../../words.ts";
import { digChange } from "./options.ts";
import { reverseText } from "./reverse.ts";
import { type DigGlobals, type DigSettings, digDefaults, digGlobalDefaults } from "./settings.ts";

/** One name to be asked for. */
export interface DigLookup {
  /** As it was typed, or made of an address. */
  readonly name: string;
  readonly settings: DigSettings;
}

/** What a command line of `dig` says. */
export interface DigPlan {
  /** The words, for the banner. */
  readonly words: readonly string[];
  readonly lookups: readonly DigLookup[];
  readonly globals: DigGlobals;
  /** What lookups of a batch file begin with. */
  readonly defaults: DigSettings;
  /** What is odd, but understood. */
  readonly warnings: readonly string[];
  readonly help: boolean;
  /** A file with command lines; `-` is standard input. */
  readonly batchFile: string | undefined;
  readonly keyFile: string | undefined;
  /** As `-y` has it: `hmac-sha256:name:base64`. */
  readonly key: string | undefined;
}

/** What a line of a batch file builds on. */
export type DigBasis = Pick<DigPlan, "defaults" | "globals">;

/**
 * Reads the words of a command line as `dig` does: what stands before the first name holds for all names, what follows a
 * name for that one. Nothing is looked up, no file is read.
 * @throws {UsageError}
 */
export function parseDigWords(words: readonly string[], basis?: DigBasis): DigPlan {
  return new DigWords(words, basis).plan();
}

class DigWords {
  readonly #words: readonly string[];
  readonly #left: string[];
  readonly #lookups: { name: string; settings: DigSettings }[] = [];
  readonly #warnings: string[] = [];
  #defaults: DigSettings;
  #globals: DigGlobals;
  /** Whether type and class have been said: before the first name, and for the last one. */
  readonly #saidForAll: Set<"class" | "type"> = new Set();
  #said: Set<"class" | "type"> = this.#saidForAll;
  /** Whether bare words may be types and classes: not after `-t` and `-c`, so that a host may be called `mx`. */
  #bareTypes = true;
  #help = false;
  #batchFile: string | undefined;
  #keyFile: string | undefined;
  #key: string | undefined;

  constructor(words: readonly string[], basis: DigBasis | undefined) {
    this.#words = words;
    this.#left = [...words];
    this.#defaults = basis?.defaults ?? digDefaults;
    this.#globals = basis?.globals ?? digGlobalDefaults;
  }

  plan(): DigPlan {
    for (let word = this.#left.shift(); word !== undefined; word = this.#left.shift()) this.#read(word);
    if (this.#lookups.length === 0 && this.#batchFile === undefined) this.#askForRoot();
    return {
      words: this.#words,
      lookups: this.#lookups.map(({ name, settings }) => ({ name, settings: withTransport(settings) })),
      globals: this.#globals,
      defaults: this.#defaults,
      warnings: this.#warnings,
      help: this.#help,
      batchFile: this.#batchFile,
      keyFile: this.#keyFile,
      key: this.#key,
    };
  }

  #read(word: string): void {
    if (word.startsWith("@")) this.#set({ server: word.slice(1) });
    else if (word.startsWith("+")) this.#plus(word.slice(1));
    else if (word.length > 1 && word.startsWith("-")) this.#dash(word.slice(1));
    else if (!this.#bareTypes || !(this.#type(word) || this.#class(word))) this.#name(word);
  }

  get #settings(): DigSettings {
    return this.#lookups.at(-1)?.settings ?? this.#defaults;
  }

  #set(settings: Partial<DigSettings>): void {
    const last = this.#lookups.at(-1);
    if (last === undefined) this.#defaults = { ...this.#defaults, ...settings };
    else last.settings = { ...last.settings, ...settings };
  }

  #name(name: string, settings: Partial<DigSettings> = {}): void {
    this.#lookups.push({ name, settings: { ...this.#defaults, ...settings } });
    this.#said = new Set(this.#saidForAll);
  }

  #plus(word: string): void {
    const { settings, globals } = digChange(word, this.#settings);
    if (settings !== undefined) this.#set(settings);
    if (globals !== undefined) this.#globals = { ...this.#globals, ...globals };
  }

  /** A type as a bare word, or after `-t`. */
  #type(word: string): boolean {
    const serial = /^ixfr=(\d{1,10})$/i.exec(word)?.[1];
    const type = serial === undefined ? typeOf(word) : "IXFR";
    if (type === undefined) return false;
    if (this.#said.has("type")) this.#warnings.push("extra type option");
    if (type === "IXFR" && serial === undefined) {
      this.#warnings.push("ixfr requires a serial number: ixfr=SERIAL");
      return true;
    }
    this.#said.add("type");
    this.#set({ type, serial: serial === undefined ? undefined : Number(serial) >>> 0 });
    return true;
  }

  #class(word: string): boolean {
    const found = parseDnsClass(word);
    if (found === undefined) return false;
    if (this.#said.has("class")) this.#warnings.push("extra class option");
    this.#said.add("class");
    this.#set({ class: found });
    return true;
  }

  #dash(word: string): void {
    const letter = word.charAt(0);
    if (word === "4" || word === "6") return this.#everywhere({ family: word === "4" ? 4 : 6 });
    if (word === "h" || word === "-help") this.#help = true;
    else if (word === "u") this.#everywhere({ microseconds: true });
    else if (word === "m" || word === "r" || word === "i")
      return; // nothing to debug, no ~/.digrc, no ip6.int
    else if ("bcfkpqtxy".includes(letter)) this.#valued(letter, word.slice(1) || this.#next(letter));
    else throw new UsageError(`there is no option ${quote(`-${word}`)}`);
  }

  #valued(letter: string, value: string): void {
    if (letter === "b") this.#everywhere(localOf(value));
    else if (letter === "f") this.#batchFile = value;
    else if (letter === "k") this.#keyFile = value;
    else if (letter === "y") this.#key = value;
    else if (letter === "p") this.#everywhere({ port: portOf(value) });
    else if (letter === "q") this.#name(value);
    else if (letter === "x") this.#reverse(value);
    else this.#typeOrClass(letter, value);
  }

  #typeOrClass(letter: string, value: string): void {
    this.#bareTypes = false;
    const isKnown = letter === "t" ? this.#type(value) : this.#class(value);
    if (!isKnown) this.#warnings.push(`ignoring invalid ${letter === "t" ? "type" : "class"} ${quote(value)}`);
  }

  #reverse(address: string): void {
    const name = reverseText(address);
    if (name === undefined) throw new UsageError(`-x ${address}: that is no address`);
    this.#name(name, this.#saidForAll.has("type") ? {} : { type: "PTR", class: DnsClass.in });
    this.#said.add("type").add("class");
  }

  #next(letter: string): string {
    const value = this.#left.shift();
    if (value === undefined) throw new UsageError(`-${letter} needs a value`);
    return value;
  }

  #everywhere(globals: Partial<DigGlobals>): void {
    this.#globals = { ...this.#globals, ...globals };
  }

  /** Without a name, the name servers of the root are asked for. */
  #askForRoot(): void {
    this.#name(".", this.#said.has("type") ? {} : { type: "NS" });
  }
}

/** ANY and transfers are asked for over TCP, unless something else was said. */
function withTransport(settings: DigSettings): DigSettings {
  const isLarge = settings.type === "ANY" || settings.type === "AXFR" || settings.type === "IXFR";
  return isLarge && !settings.isTransportSaid ? { ...settings, transport: "tcp" } : settings;
}

function typeOf(word: string): string | undefined {
  try {
    return parseDnsType(word);
  } catch {
    return undefined;
  }
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536) return Number(text);
  throw new UsageError(`-p ${text}: a port from 1 to 65535 is needed`);
}

/** `192.0.2.1`, or `192.0.2.1#5300`. */
function localOf(text: string): Partial<DigGlobals> {
  const [host = "", port] = text.split("#");
  if (parseIp(host) === undefined) throw new UsageError(`-b ${text}: an address of ours is needed`);
  return { localHost: host, localPort: port === undefined ? undefined : portOf(port) };
}
