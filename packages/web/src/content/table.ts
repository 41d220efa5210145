import { contentCodings, type HttpContentCoding } from "./codings.ts";

/**
 * The codings of this platform by name, the ones a server likes best first. `zstd` (RFC 8878) is here where Node has it,
 * from 22.15 on.
 */
export const httpContentCodings: ReadonlyMap<string, HttpContentCoding> = contentCodings();
