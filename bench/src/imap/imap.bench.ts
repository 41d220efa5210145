import type { Bench } from "../harness/bench.ts";
import { type Contest, openingOf, workloadOf } from "./contest.ts";
import { deliver, seldomWord } from "./maildir.ts";
import type { RawClient } from "./raw-client.ts";
import { mailServers } from "./servers.ts";

/** Messages that a client asks for at once, as it shows them in a list. */
const windowMessages = 1_000;

/** Messages that are appended in a row. */
const appended = 1_000;

const fourKibibytes = `Subject: appended\r\n\r\n${`${"x".repeat(70)}\r\n`.repeat(57)}`;

/** What does a mailbox of a hundred thousand messages cost, compared? Both have the same Maildir, of files of their own. */
export const imapBench: Bench = {
  name: "imap",
  servers: Object.keys(mailServers),
  workloads: [
    openingOf("imap", {
      name: "first-select",
      question: "SELECT of a Maildir that nobody has ever looked at",
      isFirst: true,
      open: select,
    }),
    openingOf("imap", {
      name: "cold-select",
      question: "SELECT by a server that has just been started, with its lists on the disk",
      isFirst: false,
      open: select,
    }),
    workloadOf("imap", {
      name: "select",
      question: "SELECT of what another session has open",
      begin: ({ client }) => select(client),
      run: async ({ client }) => {
        await client.imap("SELECT INBOX");
        return 1;
      },
    }),
    workloadOf("imap", {
      name: "flags",
      question: "FETCH 1:* (FLAGS), per message",
      begin: async (contest) => {
        await select(contest.client);
        await expectFetched(contest, "FETCH 1:* (FLAGS)", contest.options.messages);
      },
      run: async ({ client, options }) => {
        await client.imap("FETCH 1:* (FLAGS)");
        return options.messages;
      },
    }),
    fetching("headers", "headers of 1,000 messages, always others, per message; spelled so that none is remembered", {
      items: "(UID BODY.PEEK[HEADER]<0.65536>)",
      windowOf: nextWindow,
    }),
    fetching("list-view", "what a client lists of the last 1,000 messages, again and again, per message", {
      items:
        "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM TO CC SUBJECT MESSAGE-ID REFERENCES CONTENT-TYPE)])",
      windowOf: lastWindow,
    }),
    fetching("envelopes", "ENVELOPE of the last 1,000 messages, again and again, per message", {
      items: "(UID ENVELOPE)",
      windowOf: lastWindow,
    }),
    fetching("structures", "BODYSTRUCTURE of the last 1,000 messages, again and again, per message", {
      items: "(UID BODYSTRUCTURE)",
      windowOf: lastWindow,
    }),
    fetching("bodies", "BODY.PEEK[] of 1,000 messages, always others, per message", {
      items: "(UID BODY.PEEK[])",
      windowOf: nextWindow,
    }),
    searching("search-text", "SEARCH TEXT of a word that one in a hundred has, per message", `TEXT ${seldomWord}`),
    searching("search-subject", "SEARCH SUBJECT, per message", "SUBJECT nowhere"),
    workloadOf("imap", {
      name: "append",
      isChanging: true,
      question: "APPEND of 4 KiB, one after the other, each on the medium before its OK",
      begin: ({ client }) => select(client),
      roundsMax: 3,
      run: async ({ client }) => {
        for (let i = 0; i < appended; i++)
          await client.imap(`APPEND INBOX (\\Seen) {${fourKibibytes.length}+}\r\n${fourKibibytes}`);
        return appended;
      },
    }),
    workloadOf("imap", {
      name: "delivered",
      isChanging: true,
      question: "NOOP and FETCH of a message that another program has just delivered",
      begin: ({ client }) => select(client),
      run: async ({ client, server, done }) => {
        deliver(server.maildir, done);
        await client.imap("NOOP");
        const { text } = await client.imap("FETCH * (UID BODY.PEEK[])", true);
        if (!text.includes(`delivered ${done}\r\n`)) throw new Error(`Message ${done} did not come: ${text}`);
        return 1;
      },
    }),
    workloadOf("imap", {
      name: "copy",
      isChanging: true,
      question: "COPY of 1,000 messages, per message",
      begin: async ({ client }) => {
        await client.imap("CREATE Copies");
        await select(client);
      },
      roundsMax: 3,
      run: async (contest) => {
        await contest.client.imap(`COPY ${nextWindow(contest)} Copies`);
        return windowSize(contest);
      },
    }),
  ],
};

async function select(client: RawClient): Promise<void> {
  await client.imap("SELECT INBOX");
}

function fetching(
  name: string,
  question: string,
  { items, windowOf }: { readonly items: string; readonly windowOf: (contest: Contest) => string },
): ReturnType<typeof workloadOf> {
  return workloadOf("imap", {
    name,
    question,
    async begin(contest) {
      await select(contest.client);
      await expectFetched(contest, `FETCH ${windowOf(contest)} ${items}`, windowSize(contest));
    },
    run: async (contest) => {
      await contest.client.imap(`FETCH ${windowOf(contest)} ${items}`);
      return windowSize(contest);
    },
  });
}

function searching(name: string, question: string, key: string): ReturnType<typeof workloadOf> {
  return workloadOf("imap", {
    name,
    question,
    roundsMax: 2,
    async begin({ client, options }) {
      await select(client);
      const { text } = await client.imap(`SEARCH ${key}`, true);
      const found = /^\* SEARCH([ \d]*)/m.exec(text)?.[1]?.trim().split(" ").filter(Boolean).length;
      const expected = key.startsWith("TEXT") ? Math.ceil((options.messages - 42) / 100) : 0;
      if (found !== expected) throw new Error(`${key}: ${found} found, and not ${expected}`);
    },
    run: async ({ client, options }) => {
      await client.imap(`SEARCH ${key}`);
      return options.messages;
    },
  });
}

function windowSize({ options }: Contest): number {
  return Math.min(windowMessages, options.messages);
}

/** One window after the other, from the first message on, and again. */
function nextWindow(contest: Contest): string {
  const size = windowSize(contest);
  const first = (contest.done % (contest.options.messages - size + 1)) + 1;
  return `${first}:${first + size - 1}`;
}

function lastWindow(contest: Contest): string {
  return `${contest.options.messages - windowSize(contest) + 1}:*`;
}

async function expectFetched({ client }: Contest, command: string, count: number): Promise<void> {
  const { text } = await client.imap(command, true);
  const fetched = text.match(/^\* \d+ FETCH /gm)?.length ?? 0;
  if (fetched !== count) throw new Error(`${command}: ${fetched} messages came, and not ${count}`);
}
