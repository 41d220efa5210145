import { createHash, createHmac } from "node:crypto";
import type { Cancellable, Reactor } from "@hawser/core";
import { sameText } from "../compare.ts";
import type {
  CertificateCredentials,
  Checker,
  CodeCredentials,
  Credentials,
  CredentialsKind,
  LoginContext,
  PasswordCredentials,
  ScramHash,
  ScramSecret,
  Secret,
  SecretRequest,
  Verdict,
} from "../credentials.ts";
import { type HashingOptions, type PasswordHasher, passwordHasher } from "../hashing/password-hasher.ts";
import { RememberedPasswords } from "../hashing/remembered.ts";
import { LeastRecent } from "../least-recent.ts";
import { preparePassword, prepareUserName } from "../names.ts";
import { deriveScramSecret } from "../sasl/scram/keys.ts";
import { CodeBook } from "../totp/code-book.ts";
import { verifyAppPassword } from "./app-password.ts";
import { makeDigestSecret } from "./digest-secret.ts";
import { type UserRecord, userOf } from "./user-record.ts";

/** Where records come from: a file, a table, a map. Names are prepared before they are asked for. */
export interface RecordSource {
  readonly kinds: readonly CredentialsKind[];
  readonly secrets: readonly SecretRequest["kind"][];
  find(name: string, options: Cancellable): Promise<UserRecord | undefined>;
  findByCertificate?(fingerprint: string, options: Cancellable): Promise<UserRecord | undefined>;
  /**
   * The hash of some user, for a name that nobody has: it is verified in vain, so that time does not tell who exists. The
   * same number always means the same user.
   */
  decoy?(number: number): string | undefined;
  problems?(): Promise<readonly Error[]>;
}

/** What every checker of records takes. */
export interface RecordsCheckerOptions {
  readonly reactor: Reactor;
  /** Default: the one all checkers of the reactor share. */
  readonly hasher?: PasswordHasher | undefined;
}

/** The checker of all databases that keep records: it knows passwords, second steps and secrets, and its source knows users. */
export class RecordsChecker implements Checker {
  readonly kinds: readonly CredentialsKind[];
  readonly secrets: readonly SecretRequest["kind"][];
  readonly #source: RecordSource;
  readonly #hasher: PasswordHasher;
  readonly #remembered: RememberedPasswords;
  readonly #codes: CodeBook;
  readonly #decoyKey: Uint8Array;
  readonly #reactor: Reactor;
  readonly #scramSecrets = new LeastRecent<string, Promise<ScramSecret | undefined>>(scramSecretsMax);

  constructor(source: RecordSource, { reactor, hasher }: RecordsCheckerOptions) {
    this.kinds = source.kinds;
    this.secrets = source.secrets;
    this.#source = source;
    this.#hasher = hasher ?? passwordHasher(reactor);
    this.#remembered = new RememberedPasswords(reactor);
    this.#codes = new CodeBook(reactor.clock);
    this.#decoyKey = reactor.random.bytes(16);
    this.#reactor = reactor;
  }

  async check(credentials: Credentials, context: LoginContext): Promise<Verdict> {
    const { signal } = context;
    switch (credentials.kind) {
      case "password":
        return this.#checkPassword(credentials, context);
      case "code":
        return this.#checkCode(credentials, { signal });
      case "proven":
        return credentials.source === this ? this.#checkProven(credentials.user, { signal }) : unknown;
      case "certificate":
        return this.#checkCertificate(credentials, { signal });
      default:
        return unknown;
    }
  }

  async secret(user: string, request: SecretRequest, { signal }: LoginContext): Promise<Secret | undefined> {
    const record = await this.#find(user, { signal });
    return record === undefined || record.locked ? undefined : this.#secretOf(record, request);
  }

  async stall(credentials: Credentials, context: LoginContext): Promise<void> {
    if (credentials.kind !== "password") return;
    const [name, password] = [prepareUserName(credentials.user), preparePassword(credentials.password)];
    if (name !== undefined && password !== undefined) await this.#waste(name, password, context);
  }

  async knows(user: string, options: Cancellable = {}): Promise<boolean> {
    return (await this.#find(user, options)) !== undefined;
  }

  async problems(): Promise<readonly Error[]> {
    return (await this.#source.problems?.()) ?? [];
  }

  async #find(user: string, options: Cancellable): Promise<UserRecord | undefined> {
    const name = prepareUserName(user);
    return name === undefined ? undefined : this.#source.find(name, options);
  }

  async #checkPassword(credentials: PasswordCredentials, options: HashingOptions): Promise<Verdict> {
    const [name, password] = [prepareUserName(credentials.user), preparePassword(credentials.password)];
    if (name === undefined || password === undefined) return unknown;
    const record = await this.#source.find(name, options);
    if (record === undefined || record.locked) {
      await this.#waste(name, password, options);
      return record === undefined ? unknown : rejected;
    }
    if (record.appPasswords?.some(({ hash }) => verifyAppPassword(hash, password))) return accepted(record);
    return record.totp === undefined
      ? this.#checkOneStep(record, password, options)
      : this.#checkWithCode(record, record.totp, password, options);
  }

  async #checkOneStep(record: UserRecord, password: string, options: HashingOptions): Promise<Verdict> {
    return (await this.#isPassword(record, password, options)) ? accepted(record) : rejected;
  }

  /**
   * A password with the six digits of now behind it is a whole login, for protocols that know one step only. Either way
   * one hash is verified, so that time does not tell whether the digits were right.
   */
  async #checkWithCode(record: UserRecord, totp: string, text: string, options: HashingOptions): Promise<Verdict> {
    const step = this.#codes.stepOf(record.name, totp, text.slice(-6));
    const password = step === undefined ? text : text.slice(0, -6);
    if (!(await this.#isPassword(record, password, options))) return rejected;
    if (step === undefined) return firstStep(record);
    return this.#codes.use(record.name, step) ? accepted(record) : rejected;
  }

  async #checkCode({ user, code }: CodeCredentials, options: Cancellable): Promise<Verdict> {
    const record = await this.#find(user, options);
    if (record === undefined) return unknown;
    if (record.locked || record.totp === undefined) return rejected;
    const step = this.#codes.stepOf(record.name, record.totp, code.replaceAll(" ", ""));
    return step !== undefined && this.#codes.use(record.name, step) ? accepted(record) : rejected;
  }

  async #checkProven(user: string, options: Cancellable): Promise<Verdict> {
    const record = await this.#find(user, options);
    if (record === undefined) return unknown;
    if (record.locked) return rejected;
    return record.totp === undefined ? accepted(record) : firstStep(record);
  }

  /** A certificate stands for its user without a second step: its key is something one has. */
  async #checkCertificate({ certificate, user }: CertificateCredentials, options: Cancellable): Promise<Verdict> {
    const fingerprint = createHash("sha256").update(certificate).digest("hex");
    const record = await this.#source.findByCertificate?.(fingerprint, options);
    if (record === undefined) return unknown;
    const isMeant = user === undefined || prepareUserName(user) === record.name;
    return isMeant && !record.locked ? accepted(record) : rejected;
  }

  async #isPassword(record: UserRecord, password: string, options: HashingOptions): Promise<boolean> {
    if (record.plain !== undefined) return sameText(mark(record.plain), mark(password));
    const { name, password: hash } = record;
    if (hash === undefined) {
      await this.#waste(name, password, options);
      return false;
    }
    if (this.#remembered.knows(name, hash, password)) return true;
    const isRight = await this.#hasher.verify(hash, password, options);
    if (isRight) this.#remembered.remember(name, hash, password);
    return isRight;
  }

  async #waste(name: string, password: string, options: HashingOptions): Promise<void> {
    if (this.#source.decoy === undefined) return;
    const number = createHmac("sha256", this.#decoyKey).update(name).digest().readUInt32BE();
    const decoy = this.#source.decoy(number);
    if (decoy === undefined) await this.#hasher.waste(password, options);
    else await this.#hasher.verify(decoy, password, options);
  }

  async #secretOf(record: UserRecord, request: SecretRequest): Promise<Secret | undefined> {
    const { name, plain } = record;
    switch (request.kind) {
      case "plain":
        return plain === undefined ? undefined : { kind: "plain", password: plain };
      case "scram":
        if (plain !== undefined) return this.#scramSecretOf(name, plain, request.hash);
        return record.scram?.find(({ hash }) => hash === request.hash);
      case "digest":
        if (plain !== undefined) return makeDigestSecret(name, plain, request.realm, request.algorithm);
        return record.digest?.find((one) => one.algorithm === request.algorithm && one.realm === request.realm);
      default:
        return request satisfies never;
    }
  }

  /** Made once for a password that is kept in clear; the salt is the same for every login, as a kept one would be. */
  #scramSecretOf(name: string, plain: string, hash: ScramHash): Promise<ScramSecret | undefined> {
    const key = JSON.stringify([name, hash, plain]);
    const known = this.#scramSecrets.get(key);
    if (known !== undefined) return known;
    const salt = createHmac("sha256", this.#decoyKey).update(`salt\0${hash}\0${name}`).digest().subarray(0, 16);
    const made = deriveScramSecret(this.#reactor, plain, { hash, salt }).catch((error: unknown) => {
      if (error instanceof TypeError) return undefined; // SASLprep forbids the password: others may still take it
      throw error;
    });
    this.#scramSecrets.set(key, made);
    return made;
  }
}

const unknown: Verdict = { type: "unknown" };
const rejected: Verdict = { type: "rejected" };

function accepted(record: UserRecord): Verdict {
  return { type: "accepted", user: userOf(record) };
}

function firstStep(record: UserRecord): Verdict {
  return { type: "partial", user: userOf(record), next: ["code"] };
}

/** Of one length, so that comparing does not tell the length of a kept password. */
function mark(password: string): string {
  return createHash("sha256").update(password).digest("base64");
}

/** Each is some 200 octets; who has more users that keep coming back makes some of them anew. */
const scramSecretsMax = 1_024;
