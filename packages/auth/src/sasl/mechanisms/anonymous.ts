import { saslFault } from "../errors.ts";
import { clientFirst, logIn, sayLast } from "../exchange.ts";
import { saslLimits } from "../limits.ts";
import type { SaslClientFacts, SaslClientMachine, SaslMechanism, SaslServerMachine } from "../mechanism.ts";
import { readText } from "../reading.ts";

/** Nobody in particular (RFC 4505). */
export const anonymous: SaslMechanism = {
  name: "ANONYMOUS",
  judges: "anonymous",
  shows: "nothing",
  readable: false,
  plus: false,
  old: false,
  server: serve,
  client: speak,
};

function* serve(): SaslServerMachine {
  const text = readText(yield* clientFirst(), section);
  if ([...text].length > saslLimits.traceCharactersMax)
    throw saslFault("too-long", "Cannot take the trace: it has more than 255 characters", section);
  if (/[\x00-\x1f\x7f]/.test(text)) throw saslFault("bad-message", "Cannot take the trace: it has controls", section);
  yield* logIn({ kind: "anonymous", trace: text === "" ? undefined : text });
  return {};
}

function* speak({ credentials: { anonymous: trace } }: SaslClientFacts): SaslClientMachine {
  yield* sayLast(typeof trace === "string" ? trace : "");
}

const section = "RFC 4505 §2";
