/**
 * The three calls of `process` that every part of core may make: they reach nothing outside of the program.
 *
 * They are not imported from `node:process`, since such an import looks at everything the module has, and standard input is
 * opened when it is looked at.
 */

/** Calls a function when what runs now is over, before any promise's reaction and before the loop goes on. */
export const nextTick: typeof process.nextTick = process.nextTick;

/** Tells whoever runs the program of something, once, on standard error. */
export const emitWarning: typeof process.emitWarning = process.emitWarning;

/**
 * Modules of Node that reach nothing outside of the program, and take long to load; `node:util` does when it is imported,
 * since an import looks at everything the module has.
 */
export interface LazyBuiltIns {
  readonly "node:crypto": typeof import("node:crypto");
  readonly "node:module": typeof import("node:module");
  readonly "node:stream": typeof import("node:stream");
  readonly "node:util": typeof import("node:util");
  readonly "node:zlib": typeof import("node:zlib");
}

/**
 * A module of Node, loaded when it is first asked for: a program that needs no hash until its first request does not wait
 * for `node:crypto` at its start. It comes at once, as `import()` would not: a simulation could not count its turns.
 */
export const builtIn: <Name extends keyof LazyBuiltIns>(name: Name) => LazyBuiltIns[Name] = process.getBuiltinModule;
