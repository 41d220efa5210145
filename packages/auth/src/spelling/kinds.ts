import type { Reactor } from "@hawser/core";
import { anonymousUsers } from "../checkers/anonymous.ts";
import { authorizedKeys } from "../checkers/authorized-keys.ts";
import { htpasswdUsers } from "../checkers/htpasswd.ts";
import { jwtUsers } from "../checkers/jwt.ts";
import { ldapUsers } from "../checkers/ldap.ts";
import { memoryUsers } from "../checkers/memory.ts";
import { twistedUsers } from "../checkers/twisted-file.ts";
import { usersFile } from "../checkers/users-file.ts";
import type { Checker } from "../credentials.ts";
import { filePlace } from "../users/file-place.ts";
import type { CheckerText } from "./checker-text.ts";

/** A kind of user database that can be chosen by a text (Twisted's ICheckerFactory). */
export interface CheckerKind {
  /** What the text begins with. */
  readonly name: string;
  /** What follows, for help: `PATH`, `NAME:PASSWORD[:NAME:PASSWORD…]`. */
  readonly argument: string;
  /** One line for help. */
  readonly summary: string;
  /** Further lines for help: a parameter and its meaning. */
  readonly parameters?: readonly (readonly [name: string, meaning: string])[] | undefined;
  /** Makes the checker, or refuses a part of the text. */
  make(text: CheckerText): Checker;
}

const anonymous: CheckerKind = {
  name: "anonymous",
  argument: "",
  summary: "everybody, as nobody in particular",
  make(text: CheckerText) {
    if (text.values.length > 0) text.refuseValue(0, "too-many-values", "anonymous takes nothing");
    text.parameters();
    return anonymousUsers();
  },
};

const file: CheckerKind = {
  name: "file",
  argument: "PATH",
  summary: "a users file, as `hawser user` writes it",
  make(text: CheckerText) {
    text.parameters();
    return usersFile(text.only("path"), text);
  },
};

const htpasswd: CheckerKind = {
  name: "htpasswd",
  argument: "PATH",
  summary: "a file of Apache's htpasswd",
  make(text: CheckerText) {
    text.parameters();
    return htpasswdUsers(text.only("path"), text);
  },
};

const memory: CheckerKind = {
  name: "memory",
  argument: "NAME:PASSWORD[:NAME:PASSWORD…]",
  summary: "users in the command line, where every user of the machine can read them",
  make(text: CheckerText) {
    const { values, reactor } = text;
    text.parameters();
    if (values.length % 2 === 1) text.refuseValue(values.length - 1, "missing-value", "this user has no password");
    if (values.length === 0) text.refuseValue(0, "missing-value", "the first user is missing");
    const pairs = values.flatMap((name, at) => (at % 2 === 0 ? [[name, values[at + 1]!] as const] : []));
    try {
      return memoryUsers(Object.fromEntries(pairs), { reactor });
    } catch (error) {
      return text.refuseValue(0, "bad-value", (error as Error).message.replace(/^Cannot/, "cannot"));
    }
  },
};

const twisted: CheckerKind = {
  name: "twisted",
  argument: "PATH",
  summary: "a file of Twisted's FilePasswordDB, with passwords in clear",
  parameters: [
    ["delimiter=TEXT", 'what stands between the fields (":")'],
    ["user-field=N", "which field is the name, from 0 (0)"],
    ["password-field=N", "which field is the password, from 0 (1)"],
    ["case=yes|no", "whether Alice and alice are two users (yes)"],
  ],
  make(text: CheckerText) {
    const given = text.parameters("delimiter", "user-field", "password-field", "case");
    return twistedUsers(text.only("path"), {
      reactor: text.reactor,
      delimiter: given.delimiter,
      userField: wholeNumber(text, "user-field", given["user-field"]),
      passwordField: wholeNumber(text, "password-field", given["password-field"]),
      caseSensitive: yesOrNo(text, "case", given.case),
    });
  },
};

const keys: CheckerKind = {
  name: "keys",
  argument: "PATH",
  summary: "public keys in OpenSSH's authorized_keys; %u in the path is the user's name",
  parameters: [["user=NAME", "whose keys they are, where the path has no %u"]],
  make(text: CheckerText) {
    const { user } = text.parameters("user");
    const path = text.only("path");
    if (path.includes("%u") === (user !== undefined))
      text.refuse("missing-value", text.spanOf("user"), "give either a path with %u or user=NAME");
    return authorizedKeys(path, { user, reactor: text.reactor });
  },
};

const ldap: CheckerKind = {
  name: "ldap",
  argument: "[ldaps://]HOST[:PORT]",
  summary: "a directory, with the package ldapts",
  parameters: [
    ["dn=DN", "the entry of a user: dn=uid={user},ou=people,dc=example,dc=org"],
    ["base=DN", "or where to look for it"],
    ["filter=FILTER", "what to look for ((uid={user}))"],
    ["bind=DN", "as whom to look"],
    ["password-file=PATH", "the file with the password for that"],
    ["groups=ATTRIBUTE", "the attribute with the groups (memberOf)"],
    ["ca=PEM", "trust anchors in PEM"],
    ["tls=starttls|none", "for ldap://HOST (starttls)"],
  ],
  make(text: CheckerText) {
    const given = text.parameters("dn", "base", "filter", "bind", "password-file", "groups", "ca", "tls");
    const where = text.joined("host");
    const { tls, "password-file": passwordFile } = given;
    if (tls !== undefined && tls !== "starttls" && tls !== "none")
      text.refuse("bad-value", text.spanOf("tls"), "tls is not one of starttls, none");
    try {
      return ldapUsers({
        ...given,
        tls,
        url: where.includes("://") ? where : `ldaps://${where}`,
        bindDn: given.bind,
        bindPassword: passwordFile === undefined ? undefined : () => secretIn(text.reactor, passwordFile),
      });
    } catch (error) {
      return text.refuseValue(0, "bad-value", (error as Error).message.replace(/^Cannot/, "cannot"));
    }
  },
};

const jwt: CheckerKind = {
  name: "jwt",
  argument: "[https://]ISSUER",
  summary: "bearer tokens of an issuer (OpenID Connect), with the package jose",
  parameters: [
    ["audience=TEXT", "for whom tokens must be; required"],
    ["keys=URL", "where the issuer's keys are (found by discovery)"],
    ["name=CLAIM", "the claim with the user's name (sub)"],
    ["groups=CLAIM", "the claim with the user's groups (groups)"],
  ],
  make(text: CheckerText) {
    const { audience, keys: url, name, groups } = text.parameters("audience", "keys", "name", "groups");
    const issuer = text.joined("issuer");
    if (audience === undefined) text.refuse("missing-value", text.spanOf("audience"), "the audience is missing");
    return jwtUsers({
      issuer: issuer.includes("://") ? issuer : `https://${issuer}`,
      audience,
      keys: url === undefined ? undefined : { url },
      nameClaim: name,
      groupsClaim: groups,
      reactor: text.reactor,
    });
  },
};

/** Those that we bring along. */
export const ownKinds: readonly CheckerKind[] = [anonymous, file, htpasswd, jwt, keys, ldap, memory, twisted];

function wholeNumber(text: CheckerText, name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,3}$/.test(value)) text.refuse("bad-value", text.spanOf(name), `${name} is no whole number`);
  return Number(value);
}

function yesOrNo(text: CheckerText, name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (value !== "yes" && value !== "no") text.refuse("bad-value", text.spanOf(name), `${name} is neither yes nor no`);
  return value === "yes";
}

/** A password in a file of its own; the line's end is none of it. */
async function secretIn(reactor: Reactor, file: string): Promise<string> {
  const { tree, path } = filePlace(reactor, file);
  return Buffer.from(await tree.readFile(path, { octetsMax: 4096 }))
    .toString()
    .replace(/\r?\n$/, "");
}
