import { type Checker, type Portal, portal, realm } from "@hawser/auth";
import type { Reactor } from "@hawser/core";
import { mailAccounts } from "../store/accounts.ts";
import { accountOf } from "./store/account-view.ts";
import type { MailBook } from "./store/book.ts";

/** Lets everybody in, by any password or token, under the name that is given. For nothing but mail that nobody really got. */
const anybody: Checker = {
  kinds: ["password", "bearer", "anonymous"],
  async check(credentials) {
    const name = "user" in credentials ? (credentials.user ?? "") : "";
    return { type: "accepted", user: { name, groups: [], attributes: {} } };
  },
};

/** Logs in anybody, to the mail that {@link accountOf} tells. Nobody guesses a password that is always right: no throttle. */
export function anyLogin(book: MailBook, reactor: Reactor): Portal {
  const realms = [realm(mailAccounts, ({ name }) => accountOf(book, name))];
  return portal({ checkers: [anybody], realms, throttle: false, reactor });
}
