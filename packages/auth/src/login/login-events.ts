import { channel } from "node:diagnostics_channel";
import { type Address, formatAddress } from "@hawser/core";
import type { Credentials, LoginContext } from "../credentials.ts";
import type { LoginErrorCode } from "../errors.ts";

const logins = channel("hawser:login");

/** What the diagnostics channel `hawser:login` tells of every login, right or wrong. Never a password or a token. */
export interface LoginEvent {
  readonly protocol: string;
  readonly peer: string | undefined;
  readonly kind: Credentials["kind"];
  /** Who logged in, or the name that was claimed, as the peer sent it. */
  readonly user: string | undefined;
  readonly outcome: "accepted" | "partial" | LoginErrorCode;
}

/** Publishes an event, when somebody listens. */
export function publishLogin(
  credentials: Credentials,
  { protocol, peer }: LoginContext,
  outcome: LoginEvent["outcome"],
  user: string | undefined = claimedUser(credentials),
): void {
  if (!logins.hasSubscribers) return;
  const { kind } = credentials;
  logins.publish({ protocol, peer: addressText(peer), kind, user, outcome } satisfies LoginEvent);
}

/** The name that credentials claim, as they spell it. */
export function claimedUser(credentials: Credentials): string | undefined {
  return "user" in credentials ? credentials.user : undefined;
}

function addressText(peer: Address | undefined): string | undefined {
  return peer === undefined ? undefined : formatAddress(peer);
}
