/** When a log file is put aside, and what becomes of the old ones. */
export interface RotationPolicy {
  /** Put aside before it grows beyond this. Absent: it may grow. */
  readonly octetsMax?: number | undefined;
  /** Put aside when a new day begins, in the machine's time zone. Default false. */
  readonly daily?: boolean | undefined;
  /** How many old ones are kept; older ones are removed. Default 10. */
  readonly keep?: number | undefined;
  /** Compress old ones. Default false. */
  readonly gzip?: boolean | undefined;
}

/** What is known of the file that is being written. */
export interface RotationState {
  readonly octets: number;
  /** Milliseconds since 1970 when its day began to count: when it was made, or last written before we came. */
  readonly sinceMs: number;
}

export const rotationKeepDefault = 10;

/** Whether a file is put aside before `octets` more are written at `wallMs`. An empty one never is: there is nothing in it. */
export function rotationDue(state: RotationState, octets: number, wallMs: number, policy: RotationPolicy): boolean {
  if (state.octets === 0) return false;
  if (policy.octetsMax !== undefined && state.octets + octets > policy.octetsMax) return true;
  return policy.daily === true && dayOf(wallMs) > dayOf(state.sinceMs);
}

/** The name of a file that is put aside: `hawser.log.2026-11-26T12-03-04.123Z`. Names sort by age. */
export function rotatedName(base: string, wallMs: number, taken: (name: string) => boolean): string {
  const name = `${base}.${new Date(wallMs).toISOString().replaceAll(":", "-")}`;
  if (!taken(name) && !taken(`${name}.gz`)) return name;
  return rotatedName(base, wallMs + 1, taken);
}

/** The old files beyond the number that is kept, oldest first. Other files beside them are none of ours. */
export function surplusRotated(base: string, names: readonly string[], keep: number = rotationKeepDefault): string[] {
  const ours = names.filter((name) => isRotated(base, name)).sort();
  return ours.slice(0, Math.max(0, ours.length - keep));
}

function isRotated(base: string, name: string): boolean {
  return name.startsWith(`${base}.`) && rotatedEnding.test(name.slice(base.length));
}

const rotatedEnding = /^\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z(\.gz)?$/;

/** Days of the calendar in order, so that a clock that is put back a little rotates nothing. */
function dayOf(wallMs: number): number {
  const date = new Date(wallMs);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}
