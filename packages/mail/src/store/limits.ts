/** Octets of a message: more is refused while it comes. Gmail takes 50 MiB. */
export const mailOctetsMaxDefault = 52_428_800;

/** Folders of an account: more cannot be made. */
export const mailFoldersMax = 10_000;

/** Octets of a folder's name in UTF-8: so much fits a file's name three times over, in any spelling. */
export const folderNameOctetsMax = 255;

/** Levels of folders in each other. */
export const folderDepthMax = 32;

/** Keywords that a folder knows beside the system's flags. */
export const folderKeywordsMax = 200;

/** Octets of a keyword. */
export const keywordOctetsMax = 100;

/** Expunged messages that a folder remembers, for those who ask what went since they were here (RFC 7162 §3.2.5). */
export const expungedRememberedMax = 100_000;

/** Octets of what a store remembers of messages, for all its folders: the envelopes and structures of some fifty thousand. */
export const memoOctetsMax = 33_554_432;

/** Sets of flags that messages of a folder share: the system's alone make 32. */
export const flagSetsSharedMax = 1_000;
