/** How much one transfer may bring. */
export interface ZoneTransferLimits {
  /** Records, those of all versions together. Default 10,000,000: the largest zone but those of the largest registries. */
  readonly recordsMax?: number | undefined;
  /** Octets of all messages. Default 1 GiB: 100 octets for each of so many records, which is more than most take. */
  readonly octetsMax?: number | undefined;
  /** For all of it. Default 7,200,000 ms, as BIND's `max-transfer-time-in`. */
  readonly timeoutMs?: number | undefined;
  /** For the next message of it. Default 30,000 ms: a server that has begun has all of it at hand. */
  readonly idleTimeoutMs?: number | undefined;
}

/** {@link ZoneTransferLimits} where nothing else is said. */
export const zoneTransferLimits: { readonly [Key in keyof ZoneTransferLimits]-?: number } = {
  recordsMax: 10_000_000,
  octetsMax: 1_073_741_824,
  timeoutMs: 7_200_000,
  idleTimeoutMs: 30_000,
};
