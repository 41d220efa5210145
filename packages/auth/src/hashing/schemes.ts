import { PasswordHashError } from "./errors.ts";
import { parseScrypt } from "./scrypt.ts";

/** A way to keep a password. */
interface PasswordScheme {
  readonly starts: RegExp;
  readonly whole: RegExp;
  /** Throws when it is right in form, and still of no use. */
  readonly check?: (hash: string) => void;
}

/** What we verify. Only scrypt is made; the others are read, so that whoever has them can move. */
const schemes: readonly PasswordScheme[] = [
  { starts: /^\$scrypt\$/, whole: /^/, check: (hash) => void parseScrypt(hash) },
  { starts: /^\$2[aby]\$/, whole: /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/, check: checkBcryptCost },
  { starts: /^\$6\$/, whole: /^\$6\$(rounds=\d{4,9}\$)?[^$:\s]{0,16}\$[./A-Za-z0-9]{86}$/, check: checkRounds },
  { starts: /^\$5\$/, whole: /^\$5\$(rounds=\d{4,9}\$)?[^$:\s]{0,16}\$[./A-Za-z0-9]{43}$/, check: checkRounds },
  { starts: /^\$(apr1|1)\$/, whole: /^\$(apr1|1)\$[^$:\s]{0,8}\$[./A-Za-z0-9]{22}$/ },
  { starts: /^\{SHA\}/, whole: /^\{SHA\}[A-Za-z0-9+/]{27}=$/ },
  { starts: /^\{SSHA\}/, whole: /^\{SSHA\}[A-Za-z0-9+/]{32,80}={0,2}$/ },
];

/** What is wrong with a kept password; `undefined` when it can be verified. */
export function passwordHashFault(hash: string): PasswordHashError | undefined {
  const scheme = schemes.find(({ starts }) => starts.test(hash));
  if (scheme === undefined) return unsupported(hash);
  if (!scheme.whole.test(hash))
    return new PasswordHashError("bad-hash", "Cannot read a password hash: it is cut or broken");
  try {
    scheme.check?.(hash);
    return undefined;
  } catch (error) {
    return error as PasswordHashError;
  }
}

/** 2^14 takes about two seconds with the plain package. */
const bcryptCostMax = 14;

/** Two hundred times the default takes about three seconds. */
const shaRoundsMax = 1_000_000;

function checkBcryptCost(hash: string): void {
  const cost = Number(hash.slice(4, 6));
  if (cost < 4 || cost > bcryptCostMax)
    throw new PasswordHashError("too-costly", `Cannot verify bcrypt with cost ${cost}: we take 4 to ${bcryptCostMax}`);
}

function checkRounds(hash: string): void {
  const rounds = Number(/rounds=(\d+)/.exec(hash)?.[1] ?? 5000);
  if (rounds < 1000 || rounds > shaRoundsMax)
    throw new PasswordHashError(
      "too-costly",
      `Cannot verify SHA-crypt of ${rounds} rounds: we take 1000 to ${shaRoundsMax}`,
    );
}

function unsupported(hash: string): PasswordHashError {
  const kind = /^\$([a-z0-9-]{1,20})\$/i.exec(hash)?.[1] ?? /^\{([A-Z0-9-]{1,20})\}/i.exec(hash)?.[1];
  if (kind !== undefined)
    return new PasswordHashError("unsupported-hash", `Cannot verify a password hash of the kind "${kind}"`);
  if (/^[./0-9A-Za-z]{13}$|^_[./0-9A-Za-z]{19}$/.test(hash))
    return new PasswordHashError(
      "unsupported-hash",
      "Cannot verify a password hashed with DES: it heeds eight letters only and is broken in hours; set the password anew",
    );
  return new PasswordHashError(
    "unsupported-hash",
    "Cannot verify a password that is kept in clear, or in an unknown way",
  );
}
