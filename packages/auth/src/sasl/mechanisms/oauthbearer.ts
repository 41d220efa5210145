import { saslFault } from "../errors.ts";
import { admitRefusal, challenge, clientFirst, sayForAnything } from "../exchange.ts";
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

/** An access token of OAuth 2.0 (RFC 7628). */
export const oauthBearer: SaslMechanism = {
  name: "OAUTHBEARER",
  judges: "bearer",
  shows: "token",
  readable: true,
  plus: false,
  old: false,
  server: serve,
  client: speak,
};

// client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep
function* serve({ oauth }: SaslServerFacts): SaslServerMachine {
  const text = readText(yield* clientFirst(), section);
  const [header, authzid] = /^[ny],(?:a=([^,]{1,1024}))?,\x01/.exec(text) ?? [];
  if (header === undefined) throw saslFault("bad-message", "Cannot read the message: it has no gs2-header", section);
  const user = readAuthzid(authzid?.replaceAll("=2C", ",").replaceAll("=3D", "="), section);
  const refusal = yield* logInByToken(readTokenFields(text.slice(header.length), section), user);
  if (refusal === undefined) return {};
  const { scope, openidConfiguration } = oauth;
  yield* challenge(JSON.stringify({ status: "invalid_token", scope, "openid-configuration": openidConfiguration }));
  throw refusal;
}

function* speak({ credentials, host, port }: SaslClientFacts): SaslClientMachine {
  const { user, token } = credentials;
  const name = user === undefined ? "" : `a=${requireFieldName(user).replaceAll("=", "=3D").replaceAll(",", "=2C")}`;
  const where = port === undefined ? "" : `port=${port}\x01`;
  const said = yield* sayForAnything(
    `n,${name},\x01host=${host}\x01${where}auth=Bearer ${requireToken(token)}\x01\x01`,
  );
  if (!said.last) yield* admitRefusal("\x01", refusalOf(said.data, saslLimits.messageOctetsMax));
}

const section = "RFC 7628 §3.1";
