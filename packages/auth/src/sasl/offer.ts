import type { Portal } from "../portal.ts";
import type { SaslChannelBindings } from "./channel-binding/channel-binding.ts";
import type { SaslClientCredentials, SaslMechanism } from "./mechanism.ts";
import { saslMechanisms } from "./mechanisms/table.ts";

/** What is on when nobody says otherwise, on a server. */
const usualOnServers: readonly string[] = saslMechanisms
  // A user whose secret is of another hash than the client chose cannot log in, and the client chooses before it says who it
  // is. So only the hash that user databases make by themselves is offered unasked.
  .filter(({ name, old }) => !old && !/^SCRAM-SHA-(1|512)\b/.test(name))
  .map(({ name }) => name);

/** What is on when nobody says otherwise, in a client. */
const usualInClients: readonly string[] = saslMechanisms.filter(({ old }) => !old).map(({ name }) => name);

/** The rows of the table that a server has on. @throws {TypeError} for a name that is in no row */
export function mechanismsOnServer(
  given: readonly (string | SaslMechanism)[] = usualOnServers,
): readonly SaslMechanism[] {
  return rows(given);
}

/** The rows of the table that a client has on. @throws {TypeError} for a name that is in no row */
export function mechanismsInClient(
  given: readonly (string | SaslMechanism)[] = usualInClients,
): readonly SaslMechanism[] {
  return rows(given);
}

/** What is known of a connection when mechanisms are chosen. */
export interface SaslSurroundings {
  readonly bindings: SaslChannelBindings;
  /** What readable passwords and tokens may be sent over. */
  readonly private: boolean;
  /** TLS has verified a certificate of the client's. */
  readonly certificate: boolean;
}

/** Whether a server can serve a mechanism now. */
export function canServe(mechanism: SaslMechanism, portal: Portal, now: SaslSurroundings): boolean {
  const { judges, secrets, plus, readable } = mechanism;
  const known = judges === undefined || portal.kinds.has(judges);
  const provable = secrets === undefined || secrets.some((kind) => portal.secrets.has(kind));
  const shown = judges !== "certificate" || now.certificate;
  return known && provable && shown && (!plus || now.bindings.size > 0) && (!readable || now.private);
}

/** Whether a client can and dares to use a mechanism now. */
export function canSpeak(mechanism: SaslMechanism, credentials: SaslClientCredentials, now: SaslSurroundings): boolean {
  const { shows, plus, readable } = mechanism;
  return shownBy[shows](credentials) && (!plus || now.bindings.size > 0) && (!readable || now.private);
}

const shownBy: Readonly<Record<SaslMechanism["shows"], (credentials: SaslClientCredentials) => boolean>> = {
  password: ({ user, password }) => user !== undefined && password !== undefined,
  token: ({ token }) => token !== undefined,
  certificate: ({ certificate }) => certificate === true,
  nothing: ({ anonymous }) => anonymous === true || typeof anonymous === "string",
};

/** In the order of the table; mechanisms that are not in it come first, as they were given. */
function rows(given: readonly (string | SaslMechanism)[]): readonly SaslMechanism[] {
  const names = given.map((one) => (typeof one === "string" ? one : one.name));
  for (const one of given) if (typeof one === "string") requireKnown(one);
  const own = given.filter((one): one is SaslMechanism => typeof one !== "string" && !saslMechanisms.includes(one));
  return [
    ...own,
    ...saslMechanisms.filter(({ name }) => names.includes(name) && !own.some((one) => one.name === name)),
  ];
}

function requireKnown(name: string): void {
  if (saslMechanisms.some((row) => row.name === name)) return;
  throw new TypeError(
    `Cannot use the mechanism ${JSON.stringify(name)}: there are ${saslMechanisms.map((row) => row.name).join(", ")}`,
  );
}
