/** The spellings of an application in a file: JSON, TypeScript and XML. */
export type TapType = "tap" | "tas" | "tax";

/** All of {@link TapType}. */
export const tapTypes: readonly TapType[] = ["tap", "tas", "tax"];
