/** What is said of a sender (RFC 7208 §2.6). */
export type SpfResult = "fail" | "neutral" | "none" | "pass" | "permerror" | "softfail" | "temperror";

/** What stands before a mechanism (RFC 7208 §4.6.2). */
export const spfQualifiers: Readonly<Record<string, SpfResult>> = {
  "+": "pass",
  "-": "fail",
  "~": "softfail",
  "?": "neutral",
};

/** A piece of text with macros (RFC 7208 §7.1). */
export type SpfMacroPiece =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "macro";
      /** `s` `l` `o` `d` `i` `p` `h` `v`, and in explanations `c` `r` `t`. */
      readonly letter: string;
      /** So many parts on the right are kept. */
      readonly partsMax: number | undefined;
      readonly isReversed: boolean;
      /** Characters that part it. */
      readonly delimiters: string;
      /** It was written in upper case: as in a URL. */
      readonly isEscaped: boolean;
    };

/** Text with macros, taken apart. */
export type SpfMacroText = readonly SpfMacroPiece[];

/** What a record asks of a sender's address (RFC 7208 §5). */
export type SpfMechanism =
  | { readonly type: "all" }
  | { readonly type: "exists"; readonly domain: SpfMacroText }
  | { readonly type: "include"; readonly domain: SpfMacroText }
  | { readonly type: "ptr"; readonly domain: SpfMacroText | undefined }
  | {
      readonly type: "a" | "mx";
      readonly domain: SpfMacroText | undefined;
      readonly ipv4Bits: number;
      readonly ipv6Bits: number;
    }
  | { readonly type: "ip4" | "ip6"; readonly address: Uint8Array; readonly bits: number };

/** A mechanism and what it says when it matches. */
export interface SpfDirective {
  readonly result: SpfResult;
  readonly mechanism: SpfMechanism;
  /** As it is written, to be shown: `-ip4:192.0.2.0/24`. */
  readonly text: string;
}

/** A policy (RFC 7208 §4.6.1). */
export interface SpfRecord {
  readonly directives: readonly SpfDirective[];
  readonly redirect: SpfMacroText | undefined;
  readonly explanation: SpfMacroText | undefined;
}
