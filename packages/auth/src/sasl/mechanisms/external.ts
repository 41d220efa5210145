import { saslFault } from "../errors.ts";
import { clientFirst, logIn, sayLast } from "../exchange.ts";
import type {
  SaslClientFacts,
  SaslClientMachine,
  SaslMechanism,
  SaslServerFacts,
  SaslServerMachine,
} from "../mechanism.ts";
import { readAuthzid, readText } from "../reading.ts";

/** The certificate that TLS has verified says who it is (RFC 4422 §A). */
export const external: SaslMechanism = {
  name: "EXTERNAL",
  judges: "certificate",
  shows: "certificate",
  readable: false,
  plus: false,
  old: false,
  server: serve,
  client: speak,
};

function* serve({ certificate }: SaslServerFacts): SaslServerMachine {
  const user = readAuthzid(readText(yield* clientFirst(), "RFC 4422 §A.1"), "RFC 4422 §A.1");
  if (certificate === undefined)
    throw saslFault("unknown-mechanism", "Cannot use EXTERNAL: TLS has verified no certificate", "RFC 4422 §A");
  yield* logIn({ kind: "certificate", certificate, user });
  return {};
}

function* speak({ credentials: { authzid = "" } }: SaslClientFacts): SaslClientMachine {
  yield* sayLast(authzid);
}
