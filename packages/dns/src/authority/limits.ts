/** Records of one set: a message has room for no more addresses than this (RFC 1035 §4.2.2), 16 octets each. */
export const zoneSetRecordsMax = 4_096;

/** Sets of one name: IANA has named about 100 types, and BIND allows 100. Signatures count once for each type. */
export const zoneSetsMax = 256;

/** Octets that all records of one name have together; half of that is one message full. */
export const zoneNameOctetsMax = 131_072;

/** Steps that a chain of CNAME and DNAME records is followed within our zones: BIND follows 11, NSD 10. */
export const zoneChainMax = 16;

/** Names of one zone whose answers are kept ready, twice: what is asked often of a zone of any size. About 1.3 KB each. */
export const zoneWarmNamesMax = 32_768;

/** Answers kept ready for one name: whoever asks for each of 65,536 types gets them made each time. */
export const zoneWarmAnswersMax = 16;

/** Records of the changes that a zone remembers for incremental transfers, and their octets. */
export const zoneHistoryRecordsMax = 100_000;
/** See {@link zoneHistoryRecordsMax}. */
export const zoneHistoryOctetsMax = 16_777_216;

/** Updates of one zone that wait until those before them are on disk: about a second of them. */
export const zoneUpdatesWaitingMax = 1_000;

/** Octets of the journal of a zone before it is written into the zone's file. */
export const zoneJournalOctetsMax = 16_777_216;

/** Octets of one change in a journal: more than any message of updates, and a large incremental transfer. */
export const zoneJournalEntryOctetsMax = 67_108_864;
