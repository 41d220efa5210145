import { operand, type Tool, type ToolGroup, tool } from "@hawser/core";
import { checkerHelp } from "../spelling/parse-checker.ts";
import {
  runUserAdd,
  runUserAppPassword,
  runUserList,
  runUserLock,
  runUserPassword,
  runUserRemove,
  runUserTotp,
  userAddOptions,
  userAppPasswordOptions,
  userFileOptions,
  userLockOptions,
  userPasswordOptions,
  userTotpOptions,
} from "./user.ts";

const name = operand("NAME", "the user");

const add: Tool = tool({
  name: "add",
  summary: "Add a user; asks for a password twice",
  options: userAddOptions,
  operands: { name },
  examples: [
    ["hawser user add alice --file users", "ask for a password, and make the file where there is none"],
    ["hawser user add alice --password-stdin <password.txt", "take the password from a file"],
  ],
  run: runUserAdd,
});

const remove: Tool = tool({
  name: "remove",
  summary: "Remove a user",
  options: userFileOptions,
  operands: { name },
  run: runUserRemove,
});

const password: Tool = tool({
  name: "password",
  summary: "Set a user's password; asks for it twice",
  options: userPasswordOptions,
  operands: { name },
  run: runUserPassword,
});

const list: Tool = tool({
  name: "list",
  summary: "List the users, with their groups and second steps",
  options: userFileOptions,
  operands: {},
  run: runUserList,
});

const lock: Tool = tool({
  name: "lock",
  summary: "Lock a user out, or let them in again",
  options: userLockOptions,
  operands: { name },
  run: runUserLock,
});

const totp: Tool = tool({
  name: "totp",
  summary: "Ask a user for a code after the password; prints the secret for an authenticator program once",
  options: userTotpOptions,
  operands: { name },
  run: runUserTotp,
});

const appPassword: Tool = tool({
  name: "app-password",
  summary: "Make a password for one program of a user; prints it once",
  options: userAppPasswordOptions,
  operands: { name, program: operand("PROGRAM", "what the password is for, such as phone") },
  run: runUserAppPassword,
});

const databases: Tool = tool({
  name: "databases",
  summary: "List the kinds of user databases, as --auth takes them",
  options: {},
  operands: {},
  async run(_, { terminal }) {
    terminal.print(checkerHelp().trimEnd());
    return 0;
  },
});

/** `hawser user`: edits a users file, also while servers read it. */
export const userTools: ToolGroup = {
  name: "user",
  summary: "Add, change and remove the users of a users file",
  tools: { add, remove, password, list, lock, totp, "app-password": appPassword, databases },
};
