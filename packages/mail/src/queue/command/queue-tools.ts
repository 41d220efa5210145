import {
  operand,
  optionFlag,
  optionValue,
  restOperand,
  type Tool,
  type ToolContext,
  type ToolGroup,
  tool,
  UsageError,
} from "@hawser/core";
import { isGone } from "../errors.ts";
import type { MailQueue } from "../queue.ts";
import { queueToolOptions, withQueue } from "./options.ts";
import { listLines, showLines } from "./text.ts";

const ids = restOperand("ID", "the messages, as list names them");
const all = optionFlag("all messages");

const list: Tool = tool({
  name: "list",
  summary: "List the messages that wait, and why they do",
  options: { ...queueToolOptions, json: optionFlag("print JSON, one message a line, for programs") },
  operands: {},
  run: ({ json, ...values }, context) =>
    withQueue(values, context, async (queue) => {
      const mails = await queue.list();
      const now = context.reactor.clock.wall();
      for (const line of json ? mails.map((mail) => JSON.stringify(mail)) : listLines(mails, now))
        context.terminal.print(line);
      return 0;
    }),
});

const show: Tool = tool({
  name: "show",
  summary: "Show all that is known of a message, or the message itself",
  options: { ...queueToolOptions, content: optionFlag("print the message as it is") },
  operands: { id: operand("ID", "the message, as list names it") },
  run: ({ id, content, ...values }, context) =>
    withQueue(values, context, async (queue) => {
      const { terminal, reactor } = context;
      if (!content) for (const line of showLines(await queue.get(id), reactor.clock.wall())) terminal.print(line);
      else for await (const piece of queue.read(id)) await terminal.write(piece);
      return 0;
    }),
});

const hold: Tool = tool({
  name: "hold",
  summary: "Let messages wait until they are released",
  options: { ...queueToolOptions, all },
  operands: { ids },
  run: (values, context) => forEach(values, context, (queue, id) => queue.hold(id)),
});

const release: Tool = tool({
  name: "release",
  summary: "Let messages go that were held",
  options: { ...queueToolOptions, all },
  operands: { ids },
  run: (values, context) => forEach(values, context, (queue, id) => queue.release(id)),
});

const remove: Tool = tool({
  name: "remove",
  summary: "Take messages out of the queue; nobody is told",
  options: { ...queueToolOptions, all },
  operands: { ids },
  run: (values, context) => forEach(values, context, (queue, id) => queue.remove(id)),
});

const flush: Tool = tool({
  name: "flush",
  summary: "Try again now: some messages, those for a domain, or all that are not held",
  options: { ...queueToolOptions, domain: optionValue("NAME", "those for this domain") },
  operands: { ids },
  examples: [["hawser queue flush --domain example.org", "its servers are back"]],
  run: ({ ids: given, domain, ...values }, context) =>
    withQueue(values, context, async (queue) => {
      if (given.length > 0 && domain !== undefined) throw new UsageError("give either messages or --domain");
      if (given.length > 0) return eachOf(given, context, async (id) => void (await queue.flush({ id })));
      const count = await queue.flush({ domain });
      context.terminal.print(`${count === 1 ? "1 message is" : `${count} messages are`} tried now`);
      return 0;
    }),
});

/** `hawser queue`: looks after mail that waits, also while `hawser mail` runs. */
export const mailQueueTools: ToolGroup = {
  name: "queue",
  summary: "Look after the mail that waits for its way",
  tools: { list, show, hold, release, flush, remove },
};

interface Chosen {
  readonly ids: readonly string[];
  readonly all: boolean;
  readonly queue: string | undefined;
}

function forEach(
  { ids: given, all: isAll, queue: folder }: Chosen,
  context: ToolContext,
  act: (queue: MailQueue, id: string) => Promise<void>,
): Promise<number> {
  if (isAll === given.length > 0) throw new UsageError("name messages, or say --all");
  return withQueue({ queue: folder }, context, async (queue) => {
    const meant = isAll ? (await queue.list()).map(({ id }) => id) : given;
    return eachOf(meant, context, (id) => act(queue, id));
  });
}

/** One that is gone does not keep the others from it. */
async function eachOf(
  given: readonly string[],
  { terminal }: ToolContext,
  act: (id: string) => Promise<void>,
): Promise<number> {
  let status = 0;
  for (const id of given)
    await act(id).catch((error: unknown) => {
      if (!isGone(error)) throw error;
      terminal.complain(error.message);
      status = 1;
    });
  return status;
}
