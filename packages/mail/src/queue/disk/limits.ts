/** Octets of an envelope: a thousand recipients with all that their senders may say of them. */
export const envelopeOctetsMax = 4_194_304;

/** What is read of a file at first: nearly all envelopes fit in it. */
export const envelopeHeadOctets = 4_096;

/** Octets of a journal: the attempts of five days for a thousand recipients. */
export const queueJournalOctetsMax = 67_108_864;

/** Octets that are read or written at once. */
export const queuePieceOctets = 65_536;

/** How often the lease is touched while somebody has it. */
export const queueLeaseTouchMs = 2_000;

/** A lease that has not been touched for so long was left by a process that died. */
export const queueLeaseStaleMs = 10_000;

/** A file whose writing was begun so long ago is nobody's. */
export const queueDraftAgeMaxMs = 129_600_000;

/** A log that is longer is written anew: five days of one recipient have a tenth of it. */
export const queueLogOctetsMax = 131_072;
