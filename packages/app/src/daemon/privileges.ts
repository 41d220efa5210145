import type { Account } from "./accounts.ts";
import { DaemonError } from "./errors.ts";

/** Who we are now, and how we become somebody else: the calls of node's `process`. */
export interface Identity {
  getuid(): number;
  geteuid(): number;
  getgid(): number;
  getegid(): number;
  getgroups(): number[];
  setuid(uid: number): void;
  setgid(gid: number): void;
  setgroups(groups: readonly number[]): void;
  initgroups(user: string, gid: number): void;
}

/**
 * Refuses early what would fail late: only root may become somebody else.
 * @throws {DaemonError} `not-permitted`
 */
export function refuseUnlessRoot(what: string): void {
  if (process.geteuid?.() !== 0) throw new DaemonError("not-permitted", `Cannot ${what}: only root may`);
}

/** Whether becoming an account changes anything. */
export function isAccountOurs(account: Account, identity: Identity = ourIdentity()): boolean {
  return isOnly(account.uid, account.gid, identity);
}

/**
 * Becomes an account for good: its groups, its group, its user, in this order, since only root may do each. It is an
 * error when anything of root is left, or when root could be had back.
 * @throws {DaemonError} `not-permitted`
 */
export function dropPrivileges(account: Account, identity: Identity = ourIdentity()): void {
  if (account.uid !== 0 && isAccountOurs(account, identity)) return;
  try {
    if (account.name === undefined) identity.setgroups([account.gid]);
    else identity.initgroups(account.name, account.gid);
    identity.setgid(account.gid);
    identity.setuid(account.uid);
  } catch (cause) {
    throw new DaemonError("not-permitted", `Cannot become user ${account.uid}, group ${account.gid}`, { cause });
  }
  refuseLeftovers(account, identity);
}

function isOnly(uid: number, gid: number, identity: Identity): boolean {
  const users = [identity.getuid(), identity.geteuid()];
  const groups = [identity.getgid(), identity.getegid()];
  return users.every((user) => user === uid) && groups.every((group) => group === gid);
}

function refuseLeftovers({ uid, gid, name }: Account, identity: Identity): void {
  const inRootsGroup = gid !== 0 && name !== "root" && identity.getgroups().includes(0);
  if (!isOnly(uid, gid, identity) || (uid !== 0 && (inRootsGroup || canBecomeRoot(gid, identity))))
    throw new DaemonError("not-permitted", `Cannot run as user ${uid}: root's privileges could be had back`);
}

function canBecomeRoot(gid: number, identity: Identity): boolean {
  return succeeds(() => identity.setuid(0)) || (gid !== 0 && succeeds(() => identity.setgid(0)));
}

function succeeds(attempt: () => void): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function ourIdentity(): Identity {
  if (process.setuid === undefined)
    throw new DaemonError("not-permitted", "Cannot become another user: this system has none");
  return process as unknown as Identity;
}
