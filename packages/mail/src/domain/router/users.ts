import { listUsers } from "@hawser/auth";
import { FileError, type FileStat, type Reactor } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { mailFilePlace } from "../file-place.ts";
import { mailLocalKey } from "../names.ts";
import type { MailUserLookup } from "./options.ts";

/** What {@link mailUsersOf} takes. */
export interface MailUsersOptions {
  /** Whose files. Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
}

/**
 * Whoever is in a users file, which `hawser user` writes, has a mailbox; whoever is locked has one too, for what is locked is the
 * login. The file is read again when it has changed. Names count in lower case. What it gives rejects when the file cannot be read.
 *
 * ```ts no-run
 * const router = mailRouter({ domains: ["example.org"], hasUser: mailUsersOf("/etc/hawser/users") });
 * ```
 */
export function mailUsersOf(path: string, { reactor = nodeReactor }: MailUsersOptions = {}): MailUserLookup {
  let known: { readonly mark: string; readonly isSettled: boolean; readonly names: ReadonlySet<string> } | undefined;
  let underWay: Promise<ReadonlySet<string>> | undefined;
  const read = async (): Promise<ReadonlySet<string>> => {
    const stat = await statOf(reactor, path);
    const mark = stat === undefined ? "" : `${stat.identity} ${stat.octets} ${stat.modified}`;
    if (known?.isSettled && known.mark === mark) return known.names;
    const names = new Set((await listUsers(path, { reactor })).map(({ name }) => mailLocalKey(name)));
    // A file that was changed just now may change again within the same tick of its file system's clock.
    known = { mark, names, isSettled: stat === undefined || reactor.clock.wall() - stat.modified > settleMs };
    return names;
  };
  return async (user) => {
    underWay ??= read().finally(() => {
      underWay = undefined;
    });
    return (await underWay).has(user);
  };
}

const settleMs = 2_500;

/** `undefined`: there is no such file yet. */
async function statOf(reactor: Reactor, path: string): Promise<FileStat | undefined> {
  try {
    const place = mailFilePlace(reactor, path);
    return await place.tree.stat(place.path);
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return undefined;
    throw error;
  }
}
