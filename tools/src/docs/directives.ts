/** Something that must become true while a program runs. */
export type Expectation =
  | {
      readonly type: "http";
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly text: string;
    }
  | { readonly type: "output"; readonly text: string }
  | { readonly type: "tcp"; readonly port: number; readonly sent: string; readonly text: string };

/** A file that must be there before a program starts. */
export interface Fixture {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** How a program of a page is run: what is put in the place of ports and folders, what it finds, what it must do. */
export interface Directives {
  readonly ports: readonly number[];
  readonly folders: readonly string[];
  readonly files: readonly Fixture[];
  readonly environment: Readonly<Record<string, string>>;
  readonly expectations: readonly Expectation[];
  /** End the process when the last line has run. */
  readonly stops: boolean;
}

/** A string between double quotes, escaped as in JSON. */
const quoted = String.raw`("(?:[^"\\]|\\.)*")`;

type Change = (directives: Directives, words: readonly string[]) => Directives;

/** The spellings, and what each adds. CONTRIBUTING.md explains them. */
const spellings: readonly (readonly [spelling: RegExp, add: Change])[] = [
  [/^port (\d+)$/, (all, [port]) => ({ ...all, ports: [...all.ports, Number(port)] })],
  [/^folder (\/\S+)$/, (all, [folder]) => ({ ...all, folders: [...all.folders, folder!] })],
  [new RegExp(`^file (\\S+)(?: ([0-7]{3}))? ${quoted}$`), addFile],
  [/^env (\w+) (\S+)$/, (all, [name, value]) => ({ ...all, environment: { ...all.environment, [name!]: value! } })],
  [/^stop$/, (all) => ({ ...all, stops: true })],
  [new RegExp(`^expect ([A-Z]+) (https?:\\S+) (\\d{3}) ${quoted}$`), expectHttp],
  [new RegExp(`^expect output ${quoted}$`), (all, [text]) => expect(all, { type: "output", text: unquote(text) })],
  [new RegExp(`^expect tcp (\\d+) ${quoted} ${quoted}$`), expectTcp],
];

const none: Directives = { ports: [], folders: [], files: [], environment: {}, expectations: [], stops: false };

/** Reads the lines of `<!-- run … -->` comments. */
export function readDirectives(page: string, lines: readonly string[]): Directives {
  return lines.reduce((directives, line) => {
    const found = spellings.find(([spelling]) => spelling.test(line));
    if (found === undefined) throw new Error(`${page}: cannot read the directive ${JSON.stringify(line)}`);
    const [spelling, add] = found;
    return add(directives, spelling.exec(line)!.slice(1));
  }, none);
}

function addFile(all: Directives, [path, mode = "644", content]: readonly string[]): Directives {
  const file = { path: path!, mode: Number.parseInt(mode, 8), content: unquote(content) };
  return { ...all, files: [...all.files, file] };
}

function expectHttp(all: Directives, [method, url, status, text]: readonly string[]): Directives {
  return expect(all, { type: "http", method: method!, url: url!, status: Number(status), text: unquote(text) });
}

function expectTcp(all: Directives, [port, sent, text]: readonly string[]): Directives {
  return expect(all, { type: "tcp", port: Number(port), sent: unquote(sent), text: unquote(text) });
}

function expect(all: Directives, expectation: Expectation): Directives {
  return { ...all, expectations: [...all.expectations, expectation] };
}

function unquote(text: string | undefined): string {
  return JSON.parse(text!) as string;
}
