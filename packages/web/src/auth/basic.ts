import { userAvatar } from "@hawser/auth/protocol";
import { parseBasicCredentials } from "../fields/basic-credentials.ts";
import { HttpError } from "../http/error.ts";
import { type HttpLoginScheme, type HttpLoginSite, loginContext, withoutSecret } from "./scheme.ts";

/** A name and a password in clear (RFC 7617). */
export function basicScheme({ portal, realm, memory }: HttpLoginSite): HttpLoginScheme {
  return {
    name: "basic",
    readable: true,
    possible: portal.kinds.has("password"),
    challenges: () => [
      {
        scheme: "basic",
        parameters: new Map([
          ["realm", realm],
          ["charset", "UTF-8"],
        ]),
      },
    ],
    async enter(credentials, request) {
      const login = parseBasicCredentials(credentials);
      if (login === undefined) throw new HttpError(400, "The Authorization field has no user and password");
      const name = memory.nameOf("basic", login.user, login.password);
      const remembered = await memory.take(name, request, async () =>
        withoutSecret(await portal.login({ kind: "password", ...login }, userAvatar, loginContext(request))),
      );
      return { remembered };
    },
  };
}
