import type { LoginContext, User } from "../credentials.ts";
import type { AvatarGrant, AvatarType, Realm } from "../portal.ts";

/** How users leave a {@link realm}. */
export interface RealmOptions<Avatar> {
  /** Lets go of an avatar. Default: disposes of it, where it can be disposed of. */
  readonly logout?: ((avatar: Avatar, user: User) => void | Promise<void>) | undefined;
}

/**
 * A realm with one type of avatars:
 *
 * ```ts no-run
 * const mailboxes = realm(imapAccounts, (user) => openMailbox(`/var/mail/${user.name}`));
 * ```
 * @param find makes the avatar of a user; `undefined`: there is none for this user
 */
export function realm<Avatar>(
  type: AvatarType<Avatar>,
  find: (user: User, context: LoginContext) => Avatar | undefined | Promise<Avatar | undefined>,
  options: RealmOptions<Avatar> = {},
): Realm {
  const { logout = dispose } = options;
  const grant = async (user: User, context: LoginContext): Promise<AvatarGrant<Avatar> | undefined> => {
    const avatar = await find(user, context);
    return avatar === undefined ? undefined : { avatar, logout: () => logout(avatar, user) };
  };
  return {
    async avatar<Wanted>(user: User, wanted: AvatarType<Wanted>, context: LoginContext) {
      if ((wanted as AvatarType<unknown>) !== type) return undefined;
      return (await grant(user, context)) as AvatarGrant<Wanted> | undefined; // the same type object, so the same type
    },
  };
}

/** Asks one realm after the other; the first that has such an avatar gives it. */
export function realms(...row: readonly Realm[]): Realm {
  return {
    async avatar(user, wanted, context) {
      for (const one of row) {
        const grant = await one.avatar(user, wanted, context);
        if (grant !== undefined) return grant;
      }
      return undefined;
    },
  };
}

async function dispose(avatar: unknown): Promise<void> {
  const disposable = avatar as Partial<AsyncDisposable & Disposable> | null;
  if (typeof disposable !== "object" || disposable === null) return;
  if (Symbol.asyncDispose in disposable) await disposable[Symbol.asyncDispose]?.();
  else disposable[Symbol.dispose]?.();
}
