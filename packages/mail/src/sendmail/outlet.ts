import { FileError, quote } from "@hawser/core/protocol";
import { diskMailQueueStore } from "../queue/disk/store.ts";
import type { MailQueue, NewQueuedMail } from "../queue/queue.ts";
import { visitMailQueue } from "../queue/visit.ts";
import { SendmailError } from "./errors.ts";
import type { SendmailHost } from "./identity.ts";
import type { SendmailLimits } from "./limits.ts";
import { type SendmailSettings, sendmailPassword } from "./settings.ts";
import type { SendmailSystem } from "./system.ts";

/** What became of a message that was taken. */
export interface SendmailReceipt {
  /** What it is called in the queue, or what the relay said. */
  readonly text: string;
  /** Who was refused all the same, and the reply's code and text. */
  readonly refused: readonly { readonly address: string; readonly code: number; readonly text: string }[];
}

/** Where mail goes. */
export interface SendmailOutlet extends AsyncDisposable {
  /** Takes a message for those who are not refused; when it throws, nobody has it. */
  submit(mail: NewQueuedMail): Promise<SendmailReceipt>;
  /** Where mail waits, if it does. */
  readonly queue: MailQueue | undefined;
}

/** Opens what the settings say: the queue, or the way to a relay, which nobody connects to before there is a message. */
export async function openOutlet(
  system: SendmailSystem,
  settings: SendmailSettings,
  host: SendmailHost,
  limits: SendmailLimits,
): Promise<SendmailOutlet> {
  if (settings.relay !== undefined) return relayOutlet(system, { ...settings, relay: settings.relay }, host, limits);
  const folder = settings.queue!;
  const queue = await (system.openQueue?.(folder) ?? openDiskQueue(system, folder, limits));
  return queueOutlet(queue, system.signal);
}

function queueOutlet(queue: MailQueue, signal: AbortSignal | undefined): SendmailOutlet {
  return {
    queue,
    submit: async (mail) => ({ text: `queued as ${(await queue.submit(mail, { signal })).id}`, refused: [] }),
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}

function relayOutlet(
  system: SendmailSystem,
  settings: SendmailSettings & { readonly relay: string },
  { hostName }: SendmailHost,
  { relayTimeoutMs }: SendmailLimits,
): SendmailOutlet {
  return {
    queue: undefined,
    async submit(mail) {
      const { relaySubmit } = await import("./relay.ts");
      const { user, passwordFile, relay, startTls } = settings;
      const login = user === undefined ? undefined : { user, password: await sendmailPassword(system, passwordFile!) };
      return relaySubmit(mail, { ...system, relay, name: hostName, login, startTls, timeoutMs: relayTimeoutMs });
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Brings messages to a queue that another process runs. One that nobody has ever run is a mistake: nobody would look there. */
async function openDiskQueue(system: SendmailSystem, folder: string, limits: SendmailLimits): Promise<MailQueue> {
  const { reactor } = system;
  await reactor
    .files(folder)
    .stat("mail")
    .catch((error: unknown) => {
      throw noQueue(folder, error);
    });
  await system.actAsOwnerOf?.(folder);
  const { messageOctetsMax, recipientsMax } = limits;
  const store = await diskMailQueueStore(reactor, folder);
  return visitMailQueue({
    reactor,
    store,
    limits: { messageOctetsMax: messageOctetsMax + addedOctetsMax, recipientsMax },
  });
}

/** What a message is completed with: more than a header may have is never added. */
const addedOctetsMax = 2_097_152;

function noQueue(folder: string, cause: unknown): unknown {
  if (!(cause instanceof FileError)) return cause;
  const name = quote(folder);
  if (cause.code === "not-found")
    return new SendmailError(
      "configuration",
      `Cannot send mail: there is no queue in ${name}: "hawser mail" makes it`,
      { cause },
    );
  if (cause.code === "not-permitted")
    return new SendmailError("notPermitted", `Cannot send mail: the queue in ${name} is for its owner alone`, {
      cause,
    });
  return cause;
}
