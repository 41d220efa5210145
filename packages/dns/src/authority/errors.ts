import { HawserError } from "@hawser/core";

/** Why records do not make a zone, or a change does not fit one. */
export type ZoneErrorCode =
  | "bad-soa" // there is none at the apex, several, or one elsewhere
  | "does-not-fit" // the change begins at another version, deletes what is not there, or adds what is
  | "out-of-zone" // a name that is not within the zone, or a class that is not its
  | "stale" // the serial did not go on (RFC 1982 §3.2)
  | "too-large"
  | "not-loaded" // its file is missing or faulty
  | "bad-journal";

/** Records do not make a zone, or a change does not fit one. The zone is what it was. */
export class ZoneError extends HawserError<ZoneErrorCode> {}
