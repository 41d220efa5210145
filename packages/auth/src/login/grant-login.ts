import type { User } from "../credentials.ts";
import type { AvatarGrant, Login } from "../portal.ts";

/** Somebody who is logged in, with a logout that runs once. */
export function grantLogin<Avatar>(user: User, { avatar, logout }: AvatarGrant<Avatar>): Login<Avatar> {
  let left: Promise<void> | undefined;
  const leave = (): Promise<void> => {
    left ??= (async () => logout?.())();
    return left;
  };
  return { user, avatar, logout: leave, [Symbol.asyncDispose]: leave };
}
