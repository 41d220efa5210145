/** A lock that has not been touched for so long was left by a process that died. */
export const lockStaleMs = 20_000;

/** A lock of another program that is so old was left by it. Dovecot waits for two minutes. */
export const foreignLockStaleMs = 120_000;

/** Octets of files about the folders of a mailbox: ten thousand names. */
export const mailboxFileOctetsMax = 8_388_608;

/** How often a lock is touched while it is held. */
export const lockRefreshMs = 4_000;

/** So long is waited for a lock: longer than it takes to find that it is stale, and less than clients wait. */
export const lockWaitMaxMs = 50_000;

/** How often a folder that somebody listens to is looked at. */
export const maildirPollMsDefault = 5_000;

/** Octets of `dovecot-uidlist` and of our journal: a million messages. */
export const maildirListOctetsMax = 268_435_456;

/** Trees of parts that a folder keeps: those of the messages that clients show now. */
export const structuresKeptMax = 256;

/** Folders that nobody has open, of which an account still knows what is in them. */
export const idleFoldersMax = 32;

/** What lies in `tmp` for so long was given up (the Maildir page of 1995 says 36 hours). */
export const draftAgeMaxMs = 129_600_000;

/** Files that are changed at once. */
export const filesAtOnce = 8;

/** Files that are read at once, and about how many octets of them: enough that a thread is worth its while. */
export const manyFilesMax = 128;
export const manyOctetsMax = 1_048_576;

/** Lines of `dovecot-uidlist` that are remembered though they are of no message: more are read again when they are needed. */
export const unclaimedMax = 10_000;
