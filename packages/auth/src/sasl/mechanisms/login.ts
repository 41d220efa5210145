import { challenge, challengeUnlessSaid, hear, logIn, say, sayLast } from "../exchange.ts";
import type { SaslClientFacts, SaslClientMachine, SaslMechanism, SaslServerMachine } from "../mechanism.ts";
import { readPassword, readText, readUser, requireNoNul } from "../reading.ts";

/**
 * A name and a password, each asked for by itself. It never became an RFC (draft-murchison-sasl-login), and some mail
 * programs know nothing else. Outlook sends the name with its command.
 */
export const login: SaslMechanism = {
  name: "LOGIN",
  judges: "password",
  shows: "password",
  readable: true,
  plus: false,
  old: false,
  server: serve,
  client: speak,
};

function* serve(): SaslServerMachine {
  const user = readUser(readText(yield* challengeUnlessSaid("Username:"), section), section);
  const password = readPassword(readText(yield* challenge("Password:"), section), section);
  yield* logIn({ kind: "password", user, password });
  return {};
}

/** What the server calls its questions differs; their order does not. */
function* speak({ credentials: { user = "", password = "" } }: SaslClientFacts): SaslClientMachine {
  yield* hear();
  yield* say(requireNoNul(user));
  yield* sayLast(requireNoNul(password));
}

const section = "draft-murchison-sasl-login §2";
