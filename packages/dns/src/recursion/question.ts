import type { DomainName } from "../name/domain-name.ts";

/** What is looked for, in class IN. */
export interface RecursionQuestion {
  readonly name: DomainName;
  /** The type's number. */
  readonly type: number;
  /** Asks again what is still known: before it is out of date. Default false. */
  readonly refresh?: boolean | undefined;
}

/** A key for maps: equal for equal questions. */
export function questionKey(name: DomainName, type: number): string {
  return `${type} ${name.key}`;
}
