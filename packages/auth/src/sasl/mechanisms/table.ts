import type { SaslMechanism } from "../mechanism.ts";
import { anonymous } from "./anonymous.ts";
import { apop } from "./apop.ts";
import { cramMd5 } from "./cram-md5.ts";
import { digestMd5 } from "./digest-md5.ts";
import { external } from "./external.ts";
import { login } from "./login.ts";
import { oauthBearer } from "./oauthbearer.ts";
import { plain } from "./plain.ts";
import { scram } from "./scram.ts";
import { xoauth2 } from "./xoauth2.ts";

/**
 * Every mechanism, the one that gives away least first: a certificate says nothing that can be used again, SCRAM bound to the
 * connection cannot be passed on, and a password in clear is for a server that one trusts with it.
 */
export const saslMechanisms: readonly SaslMechanism[] = [
  external,
  scram("sha512", true),
  scram("sha256", true),
  scram("sha1", true),
  scram("sha512", false),
  scram("sha256", false),
  scram("sha1", false),
  oauthBearer,
  xoauth2,
  plain,
  login,
  digestMd5,
  cramMd5,
  apop,
  anonymous,
];
