/**
 * The two calls of `process` that every part of core may make: they reach nothing outside of the program.
 *
 * They are not imported from `node:process`, since such an import looks at everything the module has, and standard input is
 * opened when it is looked at.
 */

/** Calls a function when what runs now is over, before any promise's reaction and before the loop goes on. */
export const nextTick: typeof process.nextTick = process.nextTick;

/** Tells whoever runs the program of something, once, on standard error. */
export const emitWarning: typeof process.emitWarning = process.emitWarning;
