import { userAvatar } from "@hawser/auth/protocol";
import { HttpError } from "../http/error.ts";
import { type HttpLoginScheme, type HttpLoginSite, loginContext, withoutSecret } from "./scheme.ts";

/** A token that somebody else has issued (RFC 6750). */
export function bearerScheme({ portal, realm, memory }: HttpLoginSite): HttpLoginScheme {
  return {
    name: "bearer",
    readable: true,
    possible: portal.kinds.has("bearer"),
    challenges: (fault) => {
      const parameters = new Map([["realm", realm]]);
      if (fault === "refused") parameters.set("error", "invalid_token"); // RFC 6750 §3.1
      return [{ scheme: "bearer", parameters }];
    },
    async enter({ token68: token }, request) {
      if (token === undefined) throw new HttpError(400, "The Authorization field has no token");
      const name = memory.nameOf("bearer", token);
      const remembered = await memory.take(name, request, async () => {
        const credentials = { kind: "bearer", token, user: undefined } as const;
        return withoutSecret(await portal.login(credentials, userAvatar, loginContext(request)));
      });
      return { remembered };
    },
  };
}
