/** What one method found (RFC 8601 §2.2). */
export interface AuthenticationResult {
  /** `dkim`, `spf`, `dmarc`, `auth`, `iprev`, … */
  readonly method: string;
  /** Default 1. */
  readonly methodVersion?: number | undefined;
  /** `pass`, `fail`, … */
  readonly result: string;
  /** Why, for people. */
  readonly reason?: string | undefined;
  readonly properties: readonly AuthenticationProperty[];
}

/** What it was found about: `header.d=example.org`, `smtp.mailfrom=alice@example.org`. */
export interface AuthenticationProperty {
  /** `smtp`, `header`, `body`, `policy`, or another word. */
  readonly type: string;
  readonly name: string;
  readonly value: string;
}

/** What a field `Authentication-Results` says. */
export interface AuthenticationResults {
  /** Who found it out: the name of a host or of an organization. */
  readonly authservId: string;
  /** Default 1. */
  readonly version?: number | undefined;
  /** None of them: nothing was looked at. */
  readonly results: readonly AuthenticationResult[];
}

/** The name of the field. */
export const authenticationResultsField = "Authentication-Results";
