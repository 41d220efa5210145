import type { Bench } from "../harness/bench.ts";
import { openingOf, workloadOf } from "./contest.ts";
import type { RawClient } from "./raw-client.ts";
import { mailServers } from "./servers.ts";

const retrieved = 1_000;

/** What does a maildrop of a hundred thousand messages cost, compared? Both have the same Maildir, of files of their own. */
export const pop3Bench: Bench = {
  name: "pop3",
  servers: Object.keys(mailServers),
  workloads: [
    openingOf("pop3", {
      name: "cold-login",
      question: "login and STAT, by a server that has just been started, with its lists on the disk",
      isFirst: false,
      open: async (client) => {
        await login(client);
        await client.pop3("STAT", false);
      },
    }),
    asking("stat", "STAT", "STAT", false),
    asking("list", "LIST of all", "LIST", true),
    asking("uidl", "UIDL of all", "UIDL", true),
    workloadOf("pop3", {
      name: "retr",
      question: "RETR of 1,000 messages, one after the other, per message",
      async begin({ client }) {
        await login(client);
        const { text } = await client.pop3("RETR 1", true, true);
        if (!text.includes("\r\nSubject: Message ")) throw new Error(`RETR gave ${text.slice(0, 200)}`);
      },
      async run({ client, done, options }) {
        for (let i = 0; i < retrieved; i++) await client.pop3(`RETR ${((done + i) % options.messages) + 1}`, true);
        return retrieved;
      },
    }),
  ],
};

function asking(name: string, question: string, command: string, isLong: boolean): ReturnType<typeof workloadOf> {
  return workloadOf("pop3", {
    name,
    question,
    async begin({ client, options }) {
      await login(client);
      const { text } = await client.pop3(command, isLong, true);
      const count = isLong ? text.split("\r\n").length - 3 : Number(/^\+OK (\d+) /.exec(text)?.[1]);
      if (count !== options.messages) throw new Error(`${command} tells ${count} messages`);
    },
    run: async ({ client }) => {
      await client.pop3(command, isLong);
      return 1;
    },
  });
}

async function login(client: RawClient): Promise<void> {
  await client.pop3("USER alice", false);
  await client.pop3("PASS wonderland", false);
}
