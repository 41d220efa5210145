import { folderName } from "../../store/names.ts";
import { mailLocalKey } from "../names.ts";

/** One way to read a local part (RFC 5233 §2): the name as it is compared, and the rest as it was written. */
export interface MailLocalReading {
  readonly name: string;
  readonly detail?: string | undefined;
}

/** The ways to read it, the whole of it first. A separator at the beginning parts nothing, nor one within `owner-list`. */
export function readingsOf(local: string, separator = "+"): readonly MailLocalReading[] {
  const whole = { name: mailLocalKey(local) };
  const at = [...local].findIndex((c, i) => i > 0 && separator.includes(c));
  if (at < 1 || (separator.includes("-") && /^owner-|-request$/i.test(local))) return [whole];
  const [user, detail] = partedAt(local, at);
  return [whole, { name: mailLocalKey(user), detail }];
}

/** The folder that an address wishes for; `undefined` where there can be none of that name. */
export function folderOfDetail(detail: string | undefined): string | undefined {
  if (detail === undefined || detail === "") return undefined;
  try {
    return folderName(detail);
  } catch {
    return undefined;
  }
}

/** @param at counted in characters, as separators may be any */
function partedAt(local: string, at: number): readonly [string, string] {
  const characters = [...local];
  return [characters.slice(0, at).join(""), characters.slice(at + 1).join("")];
}
