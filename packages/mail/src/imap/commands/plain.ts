import { capabilitiesOf } from "../server/capabilities.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";

const noArguments = (): undefined => undefined;

/** RFC 9051 §6.1.1. */
export const capabilityCommand: ImapServerCommand<unknown> = imapCommand({
  state: "any",
  parse: noArguments,
  run({ session }) {
    session.untagged(`CAPABILITY ${capabilitiesOf(session).join(" ")}`);
    return undefined;
  },
});

/** RFC 9051 §6.1.2: whatever has changed is told. */
export const noopCommand: ImapServerCommand<unknown> = imapCommand({
  state: "any",
  parse: noArguments,
  run: noArguments,
});

/** RFC 3501 §6.4.1: of old clients; does what NOOP does. */
export const checkCommand: ImapServerCommand<unknown> = imapCommand({
  state: "selected",
  parse: noArguments,
  run: noArguments,
});

/** RFC 9051 §6.1.3. */
export const logoutCommand: ImapServerCommand<unknown> = imapCommand({
  state: "any",
  parse: noArguments,
  async run({ session, tag }) {
    await session.unselect();
    session.untagged("BYE Good bye");
    session.finish(tag, "OK LOGOUT completed");
    session.hangUp();
    return "later";
  },
});

/** RFC 2342: one hierarchy, and it is the user's own. */
export const namespaceCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse: noArguments,
  run({ session }) {
    session.untagged('NAMESPACE (("" "/")) NIL NIL');
    return undefined;
  },
});
