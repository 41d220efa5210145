import type { Finding } from "../finding.ts";
import { type Import, importsOf } from "../scan/imports.ts";
import { type Token, tokenize, withoutComments } from "../scan/tokens.ts";
import { isTestCode, sources, type Tree } from "../tree.ts";

/** Where effects are at home: the reactors on Node, the command line, and everything that is not shipped. */
const effectful: readonly RegExp[] = [
  /^(tools|bench|examples)\//,
  /^packages\/core\/src\/(node|cluster|real)\//,
  /^packages\/hawser\/src\/(main\.ts$|cli\/|testing\/)/,
  // What makes a process a daemon, and the tools beside it. What systemd is told goes through the reactor.
  /^packages\/app\/src\/(daemon|logs|tools)\//,
];

/** Files that may do something more, and why. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // What nothing outside of the program notices, for all of core.
  "packages/core/src/process-calls.ts": ["process."],
  // Reads HAWSER_SEED, picks a new seed when asked for many, and tells the command line that replays a failing test.
  "packages/core/src/simulation/seeds.ts": ["process.", "Date.now"],
  // Memory, processor time, descriptors and the loop's delay of this process: there is no reactor to ask for them.
  "packages/app/src/observe/process-readings.ts": ["process.", "node:fs"],
  // Prints help for whoever calls the command line's reader and prints nothing himself.
  "packages/app/src/commands/standard-output.ts": ["process."],
  // Lets the real event loop turn, so that promises settle before virtual time goes on.
  "packages/core/src/testing/manual-clock.ts": ["setImmediate"],
};

/** Names that reach the world past the reactor, and what to use instead. Spaces part tokens. */
const bannedNames: readonly (readonly [name: string, instead: string])[] = [
  ["Date . now", "reactor.clock.wall()"],
  ["new Date ( )", "new Date(reactor.clock.wall())"],
  ["performance . now", "reactor.clock.now()"],
  ["setTimeout", "reactor.clock.after() or .sleep()"],
  ["setInterval", "reactor.clock.after()"],
  ["setImmediate", "reactor.clock.after(0, …)"],
  ["AbortSignal . timeout", "reactor.clock.deadline()"],
  ["Math . random", "reactor.random.number()"],
  ["randomBytes", "reactor.random.bytes()"],
  ["randomInt", "reactor.random.integer()"],
  ["randomUUID", "reactor.random.bytes()"],
  ["getRandomValues", "reactor.random.bytes()"],
  ["crypto . subtle", "the synchronous functions of node:crypto"],
  ["process .", "an option, or core's node/ folder"],
  ["console .", "a trace option or node:diagnostics_channel"],
];

/** Modules that do the same; the names listed are pure and allowed. Types are always allowed. */
const bannedModules: Readonly<Record<string, readonly string[]>> = {
  "node:child_process": [],
  "node:cluster": [],
  "node:dgram": [],
  "node:dns": [],
  "node:dns/promises": [],
  "node:fs": [],
  "node:fs/promises": [],
  "node:http": [],
  "node:http2": [],
  "node:https": [],
  "node:net": ["BlockList", "SocketAddress", "isIP", "isIPv4", "isIPv6"],
  "node:os": ["constants"],
  "node:timers": [],
  "node:timers/promises": [],
  "node:tls": [],
  "node:worker_threads": [],
};

/** Clocks, timers, chance, sockets, files and processes that are not reached through the reactor (DESIGN §3.1). */
export function effectFindings(tree: Tree): readonly Finding[] {
  const shipped = sources(tree).filter((path) => !isTestCode(path));
  const pure = shipped.filter((path) => !effectful.some((allowed) => allowed.test(path)));
  return [
    ...pure.flatMap((path) => [...nameFindings(path, tree.text(path)), ...moduleFindings(path, tree.text(path))]),
    ...shipped.flatMap((path) => processFindings(path, tree.text(path))),
  ];
}

/** Not even where effects are at home: an import looks at everything the module has, which opens standard input. */
function processFindings(path: string, source: string): readonly Finding[] {
  return importsOf(source)
    .filter(({ specifier, kind }) => specifier === "node:process" && kind !== "type")
    .map(({ line }) => ({
      path,
      line,
      rule: "An import of node:process opens standard input",
      advice: "Use the global process where effects are at home, and core's process-calls.ts elsewhere.",
    }));
}

function nameFindings(path: string, source: string): readonly Finding[] {
  const tokens = withoutComments(tokenize(source));
  return tokens.flatMap((token, index) => {
    const banned = bannedNames.find(([name]) => startsHere(name.split(" "), tokens, index));
    if (banned === undefined) return [];
    const name = banned[0].replaceAll(" ", "").replace("newDate", "new Date");
    if (exceptions[path]?.includes(name)) return [];
    const rule = `${name} reaches the world past the reactor`;
    return [{ path, line: token.line, rule, advice: `Use ${banned[1]}.` }];
  });
}

/** True for the name itself; not for a member of something else, nor for a member or key that is called the same. */
function startsHere(name: readonly string[], tokens: readonly Token[], index: number): boolean {
  if (tokens[index]!.kind !== "word") return false;
  if (!name.every((part, offset) => tokens[index + offset]?.text === part)) return false;
  const isMember = [".", "?."].includes(tokens[index - 1]?.text ?? "");
  const isGlobal = !isMember || ["crypto", "globalThis"].includes(tokens[index - 2]?.text ?? "");
  return isGlobal && tokens[index + name.length]?.text !== ":";
}

function moduleFindings(path: string, source: string): readonly Finding[] {
  return importsOf(source)
    .filter((one) => isBanned(one) && exceptions[path]?.includes(one.specifier) !== true)
    .map(({ specifier, line }) => ({
      path,
      line,
      rule: `${specifier} reaches the world past the reactor`,
      advice: moduleAdvice(bannedModules[specifier]!),
    }));
}

function isBanned({ specifier, kind, names }: Import): boolean {
  const allowed = bannedModules[specifier];
  return allowed !== undefined && kind !== "type" && (names.length === 0 || names.some((n) => !allowed.includes(n)));
}

function moduleAdvice(allowed: readonly string[]): string {
  const but = allowed.length > 0 ? ` (${allowed.join(", ")} are pure and allowed)` : "";
  return `Go through the reactor, or import types only${but}.`;
}
