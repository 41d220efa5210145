/** What stands in brackets before a reply's text, so that programs know why (RFC 2449 §8, RFC 3206). */
export type Pop3ResponseCode = "AUTH" | "IN-USE" | "LOGIN-DELAY" | "SYS/PERM" | "SYS/TEMP" | "UTF8";

/** Where a session is (RFC 1939 §3). */
export type Pop3State = "authorization" | "transaction";
