import { admitRefusal, challenge, clientFirst, nothing, sayForAnything } from "../exchange.ts";
import { saslLimits } from "../limits.ts";
import type {
  SaslClientFacts,
  SaslClientMachine,
  SaslMechanism,
  SaslServerFacts,
  SaslServerMachine,
} from "../mechanism.ts";
import { logInByToken, readTokenFields, refusalOf, requireFieldName, requireToken } from "../oauth/token.ts";
import { readAuthzid, readText } from "../reading.ts";

/** What Google and Microsoft spoke before OAUTHBEARER was an RFC, and many clients still do. */
export const xoauth2: SaslMechanism = {
  name: "XOAUTH2",
  judges: "bearer",
  shows: "token",
  readable: true,
  plus: false,
  old: false,
  server: serve,
  client: speak,
};

// "user=" name ^A "auth=Bearer " token ^A ^A
function* serve({ oauth }: SaslServerFacts): SaslServerMachine {
  const text = readText(yield* clientFirst(), section);
  // A name may have letters beyond ASCII here, as other fields may not.
  const [user = "", rest = text] = /^user=([^\x01]*)\x01(.*)$/s.exec(text)?.slice(1) ?? [];
  const refusal = yield* logInByToken(readTokenFields(rest, section), readAuthzid(user, section));
  if (refusal === undefined) return {};
  yield* challenge(JSON.stringify({ status: "401", schemes: "bearer", scope: oauth.scope }));
  throw refusal;
}

function* speak({ credentials: { user = "", token } }: SaslClientFacts): SaslClientMachine {
  const said = yield* sayForAnything(`user=${requireFieldName(user)}\x01auth=Bearer ${requireToken(token)}\x01\x01`);
  if (!said.last) yield* admitRefusal(nothing, refusalOf(said.data, saslLimits.messageOctetsMax));
}

const section = "XOAUTH2";
