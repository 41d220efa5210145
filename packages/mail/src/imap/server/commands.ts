import { authenticateCommand } from "../commands/authenticate.ts";
import { closeCommand, unselectCommand } from "../commands/close.ts";
import { compressCommand } from "../commands/compress.ts";
import { copyCommand, moveCommand } from "../commands/copy.ts";
import { createCommand } from "../commands/create.ts";
import { enableCommand } from "../commands/enable.ts";
import { expungeCommand } from "../commands/expunge.ts";
import { fetchCommand } from "../commands/fetch.ts";
import { deleteCommand, renameCommand, subscribeCommand, unsubscribeCommand } from "../commands/folders.ts";
import { idCommand } from "../commands/id.ts";
import { idleCommand } from "../commands/idle.ts";
import { listCommand, lsubCommand } from "../commands/list.ts";
import { loginCommand } from "../commands/login.ts";
import { capabilityCommand, checkCommand, logoutCommand, namespaceCommand, noopCommand } from "../commands/plain.ts";
import { getquotaCommand, getquotarootCommand } from "../commands/quota.ts";
import { searchCommand } from "../commands/search.ts";
import { examineCommand, selectCommand } from "../commands/select.ts";
import { sortCommand } from "../commands/sort.ts";
import { starttlsCommand } from "../commands/starttls.ts";
import { statusCommand } from "../commands/status.ts";
import { storeCommand } from "../commands/store.ts";
import { threadCommand } from "../commands/thread.ts";
import type { ImapServerCommand } from "./command.ts";

/** Every command but APPEND, whose messages are streams (see `append.ts`). */
export const imapServerCommands: Readonly<Record<string, ImapServerCommand<unknown>>> = {
  AUTHENTICATE: authenticateCommand,
  CAPABILITY: capabilityCommand,
  CHECK: checkCommand,
  CLOSE: closeCommand,
  COMPRESS: compressCommand,
  COPY: copyCommand,
  CREATE: createCommand,
  DELETE: deleteCommand,
  ENABLE: enableCommand,
  EXAMINE: examineCommand,
  EXPUNGE: expungeCommand,
  FETCH: fetchCommand,
  GETQUOTA: getquotaCommand,
  GETQUOTAROOT: getquotarootCommand,
  ID: idCommand,
  IDLE: idleCommand,
  LIST: listCommand,
  LOGIN: loginCommand,
  LOGOUT: logoutCommand,
  LSUB: lsubCommand,
  MOVE: moveCommand,
  NAMESPACE: namespaceCommand,
  NOOP: noopCommand,
  RENAME: renameCommand,
  SEARCH: searchCommand,
  SELECT: selectCommand,
  SORT: sortCommand,
  STARTTLS: starttlsCommand,
  STATUS: statusCommand,
  STORE: storeCommand,
  SUBSCRIBE: subscribeCommand,
  THREAD: threadCommand,
  UNSELECT: unselectCommand,
  UNSUBSCRIBE: unsubscribeCommand,
};
