import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runHawser } from "../testing/hawser-process.ts";
import { startMeasured } from "../testing/loop-delay.ts";
import { runProgram } from "../testing/programs.ts";
import { type TestSite, testSite } from "../testing/site.ts";

const main = fileURLToPath(new URL("../main.js", import.meta.url));
const wrongLogins = 10_000;
const addresses = Array.from({ length: 50 }, (_, at) => `127.0.1.${at + 1}`);

let site: TestSite;
before(async () => {
  site = await testSite({ "htdocs/index.html": "<h1>Home</h1>\n" });
});
after(() => site[Symbol.asyncDispose]());

test("ten thousand wrong logins from fifty addresses: the right user gets in, and the loop goes on", async (t) => {
  const users = site.path("users");
  const words = ["user", "add", "alice", "--file", users, "--password-stdin"];
  const added = await runProgram(process.execPath, [main, ...words], {
    input: "wonderland\n",
  });
  assert.equal(added.status, 0, added.errors);
  await using hawser = await startMeasured([
    ...["web", "--listen", "tcp:0:interface=127.0.0.1", "--path", site.path("htdocs"), "--auth", `file:${users}`],
  ]);
  const started = performance.now();
  assert.equal((await logIn(hawser.url, "127.0.2.2", "alice", "a first guess").answer)?.status, 401);
  const hashMs = performance.now() - started;
  await hawser.loopDelay();

  const attack = new Attack(hawser.url);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const begun = performance.now();
  const right = await logIn(hawser.url, "127.0.2.1", "alice", "wonderland").answer;
  const waitedMs = performance.now() - begun;
  assert.equal(right?.status, 200, "the right user is let in");
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  const delay = await hawser.loopDelay();
  const seen = await attack.end();

  t.diagnostic(
    `event loop: p50 ${delay.p50.toFixed(1)}, p99 ${delay.p99.toFixed(1)}, max ${delay.max.toFixed(1)} ms; a hash takes ${hashMs.toFixed(0)} ms`,
  );
  t.diagnostic(`wrong logins: ${JSON.stringify(seen)}; the right user was in after ${waitedMs.toFixed(0)} ms`);
  assert.equal(seen["200"], undefined, "nobody else gets in");
  assert.ok((seen["429"] ?? 0) > 3_000, "most of those that were answered are throttled");
  assert.equal((await logIn(hawser.url, "127.0.2.1", "alice", "wonderland").answer)?.status, 200);
  // Of what one hash takes on this machine, now: on a quiet one that is some 200 ms, and the delay below 50.
  assert.ok(delay.p99 < hashMs / 2, `the event loop's p99 delay is ${delay.p99} ms, a hash takes ${hashMs} ms`);
});

test("a wrong kind of user database is told at once", async () => {
  const { status, errors } = await runHawser(["web", "--auth", "nonsense:users"]);
  assert.equal(status, 2, errors);
  assert.match(errors, /^hawser web: .*nonsense.*\n$/);
});

/**
 * Wrong passwords from all addresses, all within two seconds, whether or not the ones before were answered: half for the right
 * user's name, half for other names.
 */
class Attack {
  readonly #seen: Record<string, number> = {};
  readonly #logins: Promise<void>[];
  readonly #giveUp: (() => void)[] = [];

  constructor(url: string) {
    this.#logins = Array.from({ length: wrongLogins }, (_, count) => this.#try(url, count));
  }

  /** Cuts the connections that wait still, as somebody does who has no patience; gives the answers by their status. */
  async end(): Promise<Readonly<Record<string, number>>> {
    for (const giveUp of this.#giveUp) giveUp();
    await Promise.all(this.#logins);
    return this.#seen;
  }

  async #try(url: string, count: number): Promise<void> {
    const user = count % 2 === 0 ? "alice" : `user-${count}`;
    await new Promise((resolve) => setTimeout(resolve, (count / wrongLogins) * 2_000));
    const { answer, giveUp } = logIn(url, addresses[count % addresses.length]!, user, `wrong ${count}`);
    this.#giveUp.push(giveUp);
    const { status = "unanswered", retryAfter } = (await answer) ?? {};
    assert.ok(status !== 429 || retryAfter !== undefined, "who is throttled is told for how long");
    this.#seen[status] = (this.#seen[status] ?? 0) + 1;
  }
}

/** Logs in on a connection of its own. No answer: the connection was cut, by whichever side. */
function logIn(
  url: string,
  localAddress: string,
  user: string,
  password: string,
): {
  readonly answer: Promise<{ readonly status: number; readonly retryAfter: string | undefined } | undefined>;
  readonly giveUp: () => void;
} {
  const asked = request(url, { localAddress, auth: `${user}:${password}`, agent: false });
  asked.end();
  const answer = new Promise<{ status: number; retryAfter: string | undefined } | undefined>((resolve) => {
    asked.once("response", (response) => {
      response.resume();
      response.once("close", () =>
        resolve({ status: response.statusCode!, retryAfter: response.headers["retry-after"] }),
      );
    });
    asked.once("error", () => resolve(undefined));
  });
  return { answer, giveUp: () => void asked.destroy() };
}
