import { saslFault } from "../errors.ts";
import { clientFirst, logIn, sayLast } from "../exchange.ts";
import type { SaslClientFacts, SaslClientMachine, SaslMechanism, SaslServerMachine } from "../mechanism.ts";
import { readAuthzid, readPassword, readText, readUser, requireNoNul } from "../reading.ts";

/** A name and a password in one message (RFC 4616). */
export const plain: SaslMechanism = {
  name: "PLAIN",
  judges: "password",
  shows: "password",
  readable: true,
  plus: false,
  old: false,
  server: serve,
  client: speak,
};

// message = [authzid] UTF8NUL authcid UTF8NUL passwd
function* serve(): SaslServerMachine {
  const parts = readText(yield* clientFirst(), section).split("\0");
  if (parts.length !== 3) throw saslFault("bad-message", "Cannot read the message: it has not two NULs", section);
  const authzid = readAuthzid(parts[0], section);
  const user = readUser(parts[1]!, section);
  yield* logIn({ kind: "password", user, password: readPassword(parts[2]!, section) }, authzid);
  return {};
}

function* speak({ credentials }: SaslClientFacts): SaslClientMachine {
  const { user = "", password = "", authzid = "" } = credentials;
  yield* sayLast([authzid, user, password].map(requireNoNul).join("\0"));
}

const section = "RFC 4616 §2";
