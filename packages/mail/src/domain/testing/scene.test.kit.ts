import assert from "node:assert/strict";
import { memoryUsers, portal } from "@hawser/auth";
import { Connection } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { lmtpServer, type SmtpServerOptions, smtpServer, submissionServer } from "../../smtp/server.ts";
import { MailStoreError } from "../../store/errors.ts";
import { memoryMail } from "../../store/memory/store.ts";
import type { MailStore } from "../../store/store.ts";
import { memoryMailAliases } from "../aliases/memory.ts";
import { type LocalDeliveryOptions, localDelivery } from "../delivery/local.ts";
import type { MailRouter } from "../domain.ts";
import type { MailRouterOptions } from "../router/options.ts";
import { mailRouter } from "../router/router.ts";
import { mailDomain } from "../service/mail-domain.ts";
import type { MailDomain, MailDomainOptions } from "../service/options.ts";
import { QueueOfTests } from "./queue.test.kit.ts";

/** What is different in a scene from example.org with alice and bob. */
export interface SceneOptions {
  readonly domain?: Partial<MailDomainOptions> | ((world: World) => Partial<MailDomainOptions>);
  readonly router?: Partial<MailRouterOptions>;
  readonly local?: Partial<LocalDeliveryOptions>;
  readonly server?: Omit<SmtpServerOptions, "portal">;
  readonly aliases?: string;
  readonly store?: (world: World) => MailStore;
  readonly seed?: number | string;
}

/** A mail domain on its servers, in a simulated world: SMTP on 25, submission on 587, LMTP on 24. */
export class Scene {
  readonly world: World;
  readonly store: MailStore;
  readonly queue: QueueOfTests;
  readonly router: MailRouter;
  readonly domain: MailDomain;
  readonly local: ReturnType<typeof localDelivery>;

  constructor(world: World, options: SceneOptions) {
    const { reactor } = world;
    const people = ["alice@example.org", "bob@example.org", "full@example.org"];
    this.world = world;
    this.store = options.store?.(world) ?? memoryMail(reactor);
    this.queue = new QueueOfTests(reactor.clock);
    const aliases = memoryMailAliases(options.aliases ?? "");
    this.router = mailRouter({
      domains: ["example.org", "example.com"],
      hasUser: (user) => people.includes(user),
      aliases,
      ...options.router,
    });
    const parts = { reactor, name: "mx.example.org", router: this.router, store: this.store };
    const more = typeof options.domain === "function" ? options.domain(world) : options.domain;
    this.domain = mailDomain({ ...parts, queue: this.queue, ...more });
    this.local = localDelivery({ ...parts, queue: () => this.queue, ...options.local });
  }

  async listen(server: Omit<SmtpServerOptions, "portal"> = {}): Promise<void> {
    const { reactor } = this.world;
    const users = memoryUsers({ "alice@example.org": "wonderland", "bob@example.org": "builder" }, { reactor });
    const door = portal({ reactor, checkers: [users], throttle: false });
    const common = { name: "mx.example.org", sasl: { allowPlainText: true }, ...server };
    await this.world.listen("tcp:25", smtpServer(this.domain, { portal: door, ...common }));
    await this.world.listen(
      "tcp:587",
      submissionServer(this.domain, { portal: door, maySendAs: this.domain.maySendAs, ...common }),
    );
    await this.world.listen("tcp:24", lmtpServer(this.domain.lmtp, common));
  }

  /**
   * Plays a conversation. `S: 250 …` takes any text, and a reply of several lines counts as its last one.
   * @param from the name of the host that connects
   */
  async play(
    text: string,
    { port = 25, from = "home" }: { readonly port?: number; readonly from?: string } = {},
  ): Promise<void> {
    const reactor = this.world.host(from);
    const transport = await this.world.connect(`tcp:home:${port}`, undefined, { reactor });
    await using peer = new Connection(transport);
    transport.start(peer.receiver);
    for (const line of text
      .split("\n")
      .map((one) => one.trim())
      .filter((one) => one !== "")) {
      const said = line.slice(2).replace(/^ /, "");
      if (line.startsWith("C:")) await peer.send(`${said}\r\n`);
      else if (line.startsWith("S:")) await heard(peer, said);
    }
    transport.abort();
  }

  /** The messages of a folder, oldest first. */
  async folder(user: string, name = "INBOX"): Promise<readonly string[]> {
    const account = await this.store.account(user);
    if (!(await account.folders()).some((one) => one.name === name)) return [];
    await using folder = await account.open(name, { readOnly: true });
    const texts: string[] = [];
    for (const { uid } of folder.messages) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of folder.read(uid)) chunks.push(chunk);
      texts.push(Buffer.concat(chunks).toString("latin1"));
    }
    return texts;
  }
}

/** Plays a scene; nothing may be left open behind it. */
export function scene(options: SceneOptions, run: (scene: Scene) => Promise<void>): Promise<void> {
  return simulate({ seed: options.seed ?? 1 }, async (world) => {
    const one = new Scene(world, options);
    await one.listen(options.server);
    await run(one);
  });
}

async function heard(peer: Connection, expected: string): Promise<void> {
  let line = await peer.readLine();
  while (/^\d{3}-/.test(line)) line = await peer.readLine();
  if (expected.endsWith("…")) assert.equal(line.slice(0, expected.length - 1), expected.slice(0, -1));
  else assert.equal(line, expected);
}

/** What a client says to bring a message, up to the answer to it. */
export function bringing(from: string, to: string | readonly string[], message: string, end = "250 2.0.0 …"): string {
  const recipients = [to].flat().map((one) => `C: RCPT TO:<${one}>\nS: 250 …`);
  const lines = message.split("\n").map((line) => `C: ${line}`);
  return [
    "S: 220 …",
    "C: EHLO client.example",
    "S: 250 …",
    `C: MAIL FROM:<${from}>`,
    "S: 250 …",
    ...recipients,
    "C: DATA",
    "S: 354 …",
    ...lines,
    "C: .",
    `S: ${end}`,
  ].join("\n");
}

/** The same of alice, who logs in. */
export function submitting(from: string, to: string | readonly string[], message: string, end = "250 2.0.0 …"): string {
  return bringing(from, to, message, end).replace("\nC: MAIL", `\n${aliceLogsIn}\nC: MAIL`);
}

/** `alice@example.org`, `wonderland`. */
export const aliceLogsIn: string = `C: AUTH PLAIN ${Buffer.from("\0alice@example.org\0wonderland").toString("base64")}\nS: 235 …`;

/** Nobody can put anything into the mailbox of full. */
export function fullStore(world: Pick<World, "reactor">): MailStore {
  const store = memoryMail(world.reactor);
  return {
    ...store,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    async account(user: string) {
      const account = await store.account(user);
      if (!user.startsWith("full")) return account;
      return Object.assign(Object.create(account), {
        folders: () => account.folders(),
        append: async () => {
          throw new MailStoreError("over-quota", "Cannot add the message: the mailbox is full");
        },
      });
    },
  };
}
