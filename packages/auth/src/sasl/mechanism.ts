import type { Credentials, CredentialsKind, ScramHash, SecretRequest } from "../credentials.ts";
import type { FoundSecret } from "../portal.ts";
import type { SaslChannelBindings } from "./channel-binding/channel-binding.ts";

/** What a server's side of a mechanism wants done before it goes on. */
export type SaslServerRequest =
  /** Send this and bring the answer; with `first`, only if the client has not said anything with its command. */
  | { readonly type: "challenge"; readonly data: Uint8Array; readonly first: boolean }
  /** Look up what proves this user. */
  | { readonly type: "secret"; readonly user: string; readonly request: SecretRequest }
  /** Log in with these, to act as `authzid` when there is one. A refusal is thrown into the machine. */
  | { readonly type: "login"; readonly credentials: Credentials; readonly authzid: string | undefined }
  /** The proof was wrong: tell the portal. The refusal is thrown into the machine. */
  | { readonly type: "reject"; readonly user: string };

/** What was done for it. */
export type SaslServerAnswer =
  | { readonly type: "start" }
  | { readonly type: "response"; readonly data: Uint8Array }
  | { readonly type: "secret"; readonly found: FoundSecret | undefined }
  | { readonly type: "done" };

/** The end of a good exchange; `data` goes along with the success. */
export interface SaslServerEnd {
  readonly data?: Uint8Array | undefined;
}

/**
 * The server's side of one exchange: a generator that reads from top to bottom as the RFC tells it. It is pure; what it
 * needs from the world it yields, and is given.
 */
export type SaslServerMachine = Generator<SaslServerRequest, SaslServerEnd, SaslServerAnswer>;

/** What a server's machine knows from the beginning. */
export interface SaslServerFacts {
  /** Makes what comes once: 24 printable characters, none of them a comma. */
  readonly nonce: () => string;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** What this connection can be bound to. */
  readonly bindings: SaslChannelBindings;
  /** Whether the client has been offered a mechanism with `-PLUS`. */
  readonly offersPlus: boolean;
  /** The certificate that the client has shown and TLS has verified. */
  readonly certificate: Uint8Array | undefined;
  /** Our own name, in challenges of old mechanisms. */
  readonly host: string;
  /** The service, as registered for GSSAPI: `imap`, `smtp`, `xmpp`. */
  readonly service: string;
  /** The realm of DIGEST-MD5. */
  readonly realm: string;
  /** The kinds of secrets that may be had. */
  readonly secrets: ReadonlySet<SecretRequest["kind"]>;
  /** What users who are not there are shown instead of a salt. */
  readonly disguise: SaslDisguise;
  /** Where a client whose token was refused may get a better one. */
  readonly oauth: SaslOauthHints;
}

/** What makes the salts of unknown users look like those of others. */
export interface SaslDisguise {
  /** Keeps the salts from being foretold. */
  readonly key: Uint8Array;
  readonly iterations: number;
  readonly saltOctets: number;
}

/** What a client is told whose token was refused (RFC 7628 §3.2.2). */
export interface SaslOauthHints {
  /** The scope a token must have. */
  readonly scope?: string | undefined;
  /** Where the issuer's configuration lies (RFC 8414). */
  readonly openidConfiguration?: string | undefined;
}

/** What a client's side of a mechanism wants done before it goes on. */
export type SaslClientRequest =
  /** Send this and bring what the server says; `undefined` only at the beginning: the server speaks first. */
  | {
      readonly type: "response";
      readonly data: Uint8Array | undefined;
      /** What the server has against us, when this is the answer to that. */
      readonly refusal?: string | undefined;
    }
  /** Derive a key from the password, which takes long (PBKDF2). */
  | SaslDerivation;

/** A key to be derived by PBKDF2 (RFC 5802 §2.2: `Hi`). */
export interface SaslDerivation {
  readonly type: "derive";
  readonly hash: ScramHash;
  readonly password: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** What was done for it. */
export type SaslClientAnswer =
  | { readonly type: "start" }
  /** What the server said; `last` when it said that all is well. Without octets `data` is empty. */
  | { readonly type: "server"; readonly data: Uint8Array; readonly last: boolean }
  | { readonly type: "key"; readonly key: Uint8Array };

/** The client's side of one exchange. It ends when the server may say that all is well, and no sooner. */
export type SaslClientMachine = Generator<SaslClientRequest, void, SaslClientAnswer>;

/** What a client has to show. */
export interface SaslClientCredentials {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** An access token of OAuth 2.0. */
  readonly token?: string | undefined;
  /** TLS has shown a certificate of ours. */
  readonly certificate?: boolean | undefined;
  /** Go in without a name. A text is what we call ourselves in the server's log. */
  readonly anonymous?: boolean | string | undefined;
  /** Act as somebody else (RFC 4422 §3.4.1). */
  readonly authzid?: string | undefined;
}

/** What a client's machine knows from the beginning. */
export interface SaslClientFacts {
  readonly credentials: SaslClientCredentials;
  /** Makes what comes once: 24 printable characters, none of them a comma. */
  readonly nonce: () => string;
  readonly bindings: SaslChannelBindings;
  /** Whether the server has offered a mechanism with `-PLUS`. */
  readonly plusOffered: boolean;
  readonly host: string;
  readonly port: number | undefined;
  readonly service: string;
  readonly iterationsMin: number;
  readonly iterationsMax: number;
}

/** One mechanism, both sides, and when it may be used: a row of {@link saslMechanisms}. */
export interface SaslMechanism {
  /** As registered with IANA. */
  readonly name: string;
  /** What a server needs: a checker of these credentials, … */
  readonly judges?: CredentialsKind | undefined;
  /** … or a checker with one of these secrets. */
  readonly secrets?: readonly SecretRequest["kind"][] | undefined;
  /** What a client needs. */
  readonly shows: "password" | "token" | "certificate" | "nothing";
  /** Whoever reads the connection can log in afterwards: only on TLS, or inside one machine. */
  readonly readable: boolean;
  /** Bound to the TLS connection (RFC 5056). */
  readonly plus: boolean;
  /** For old peers only: never used unless named. */
  readonly old: boolean;
  /** Not negotiated by name: begun by a protocol's own command. */
  readonly unlisted?: boolean | undefined;
  server(facts: SaslServerFacts): SaslServerMachine;
  client(facts: SaslClientFacts): SaslClientMachine;
}
