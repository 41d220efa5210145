import assert from "node:assert/strict";
import { test } from "node:test";
import { connectTo } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { connectSmtp, sendMail } from "../../smtp/index.ts";
import { mailLocal } from "../local.ts";
import type { MailLocal } from "../mail-local.ts";
import { askWeb, type WebAnswer } from "../testing/ask-web.test.kit.ts";

interface Scene {
  readonly mail: MailLocal;
  readonly reactor: ReturnType<typeof memoryReactor>;
  ask(requestLine: string, fields?: readonly string[], body?: string): Promise<WebAnswer>;
  send(content: string, to?: string): Promise<void>;
}

async function inScene(body: (scene: Scene) => Promise<void>): Promise<void> {
  const reactor = memoryReactor();
  await using mail = await mailLocal({ reactor, pop3: false, imap: false, webNames: ["mail.example.org"] });
  const via = mail.smtpUrl.replace("smtp://", "tcp:");
  const parts = { mail, reactor };
  await body({
    ...parts,
    ask: (requestLine, fields, content) => askWeb(parts, requestLine, fields, content),
    async send(content, to = "bob@example.net") {
      await using client = await connectSmtp(via, { reactor });
      await client.send({ from: "ann@example.org", to, content: content.replace(/\n/g, "\r\n") });
    },
  });
}

const plain =
  "From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: Hi <b>\nDate: Thu, 1 Jan 2026 10:00:00 +0000\nMessage-ID: <1@example.org>\n\nHello\n";

const mixed = `From: ann@example.org
To: bob@example.net
Subject: Files
MIME-Version: 1.0
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html; charset=utf-8

<!doctype html><script>alert(1)</script><img src="cid:pic@x" onerror="alert(2)"><img src=https://evil.example/p.gif>
--b
Content-Type: image/png
Content-ID: <pic@x>
Content-Transfer-Encoding: base64

iVBORw0K
--b
Content-Type: text/html; name="../../etc/pass wd\\".html"
Content-Disposition: attachment; filename*=utf-8''..%2F..%2F%E2%80%AEx.html

<script>alert(3)</script>
--b--
`;

test("the API lists, finds, gives, marks and removes messages", () =>
  inScene(async ({ ask, send }) => {
    await send(plain);
    await send(plain.replace("Hi <b>", "Second"), "carol@example.net");
    const all = (await ask("GET /api/v1/messages")).json();
    assert.deepEqual([all.total, all.unread, all.messages.map(({ id }) => id)], [2, 2, [2, 1]]);
    const found = (await ask("GET /api/v1/messages?to=CAROL&search=second")).json();
    assert.deepEqual(
      found.messages.map(({ subject }) => subject),
      ["Second"],
    );
    assert.deepEqual((await ask("GET /api/v1/messages?limit=1&before=2")).json().messages[0]?.id, 1);
    assert.deepEqual((await ask("GET /api/v1/messages?since=2100-01-01T00:00:00Z")).json().total, 0);

    const one = await ask("GET /api/v1/messages/1");
    assert.equal(one.headers["content-type"], "application/json");
    assert.equal(one.headers["cache-control"], "no-store");
    assert.deepEqual(
      [one.json().subject, one.json().text, one.json().messageId],
      ["Hi <b>", "Hello\n", "1@example.org"],
    );

    assert.equal((await ask("PATCH /api/v1/messages/1", [], '{"isRead": true}')).status, 204);
    assert.deepEqual((await ask("GET /api/v1/messages?isRead=false")).json().messages[0]?.id, 2);
    assert.equal((await ask("PATCH /api/v1/messages", [], '{"isRead": true}')).status, 204);
    assert.equal((await ask("GET /api/v1/messages")).json().unread, 0);

    assert.equal((await ask("DELETE /api/v1/messages/1")).json().removed, 1);
    assert.equal((await ask("GET /api/v1/messages/1")).status, 404);
    assert.equal((await ask("DELETE /api/v1/messages/1")).status, 404);
    assert.equal((await ask("DELETE /api/v1/messages?to=nobody")).json().removed, 0);
    assert.equal((await ask("DELETE /api/v1/messages")).json().removed, 1);
  }));

test("what is asked for wrongly is refused in words", () =>
  inScene(async ({ ask }) => {
    const refusals: readonly (readonly [string, number])[] = [
      ["GET /api/v1/messages?form=x", 400],
      ["GET /api/v1/messages?since=soon", 400],
      ["GET /api/v1/messages?limit=501", 400],
      ["GET /api/v1/messages?isRead=yes", 400],
      ["GET /api/v1/messages/wait?timeoutMs=300001", 400],
      ["GET /api/v1/messages/0", 404],
      ["GET /api/v1/messages/1", 404],
      ["GET /api/v1/messages/1/source", 404],
      ["GET /api/v1/nothing", 404],
      ["GET /api/v2/messages", 404],
      ["PUT /api/v1/messages/1", 405],
      ["POST /", 405],
    ];
    for (const [requestLine, status] of refusals) {
      const answer = await ask(requestLine);
      assert.equal(answer.status, status, requestLine);
      if (requestLine.includes("/api/")) assert.equal(answer.json().error.status, status, requestLine);
    }
    for (const body of ["{}", "[]", "no", '{"isRead":1}'])
      assert.equal((await ask("PATCH /api/v1/messages", [], body)).status, 400, body);
  }));

test("a request waits for a message, and no longer than it says", () =>
  inScene(async ({ ask, send }) => {
    const waiting = ask("GET /api/v1/messages/wait?to=bob@example.net&subject=hi");
    await send(plain);
    assert.equal((await waiting).json().subject, "Hi <b>");
    const late = await ask("GET /api/v1/messages/wait?after=1&timeoutMs=5");
    assert.equal(late.status, 404);
    assert.match(late.json().error.message, /none came in 5 ms, and of the 1 that are there none fits/);
  }));

test("events tell what comes, changes and goes", () =>
  inScene(async ({ mail, reactor, send }) => {
    await using peer = await connectTo(mail.webUrl.replace("http://", "tcp:").replace(/\/$/, ""), { reactor });
    peer.write("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let heard = "";
    const until = async (pattern: RegExp) => {
      while (!pattern.test(heard)) heard += Buffer.from((await peer.read())!).toString();
    };
    await until(/event: hello/);
    assert.match(heard, /content-type: text\/event-stream/i);
    await send(plain);
    await until(/event: added\ndata: \{"id":1,.*"subject":"Hi <b>"/);
    await mail.setRead([1], true);
    await until(/event: changed\ndata: \{"id":1,.*"isRead":true/);
    await mail.remove();
    await until(/event: removed\ndata: \{"ids":\[1\]\}/);
  }));

test("failures are told over the API, and end", () =>
  inScene(async ({ ask, mail, reactor, send }) => {
    const told = await ask(
      "POST /api/v1/failures",
      [],
      '{"stage":"recipient","match":"*@full.example","reply":"452 4.2.2 Full"}',
    );
    assert.equal(told.status, 201);
    const draft = { from: "a@example.org", to: "b@full.example", subject: "x", text: "y" };
    await assert.rejects(sendMail(draft, { via: mail.smtpUrl.replace("smtp://", "tcp:"), reactor }), { code: 452 });
    for (const body of [
      '{"stage":"nowhere","reply":"451"}',
      '{"stage":"sender"}',
      '{"stage":"sender","reply":"250 Ok"}',
      "null",
    ])
      assert.equal((await ask("POST /api/v1/failures", [], body)).status, 400, body);
    assert.equal((await ask("GET /api/v1/failures")).json().failures.length, 1);
    assert.equal((await ask("DELETE /api/v1/failures")).status, 204);
    await send(plain, "b@full.example");
  }));

test("a message is sent on over the API, where there is a server for it", () =>
  inScene(async ({ ask, send, mail: elsewhere, reactor }) => {
    const releaseTo = elsewhere.smtpUrl.replace("smtp://", "tcp:");
    await using mail = await mailLocal({ reactor, pop3: false, imap: false, releaseTo });
    const here = (requestLine: string, body?: string) => askWeb({ mail, reactor }, requestLine, [], body);
    await send(plain);
    assert.equal((await ask("POST /api/v1/messages/1/release", [], "{}")).status, 403);
    await sendMail(
      { from: "a@example.org", to: "b@example.net", text: "x" },
      { via: mail.smtpUrl.replace("smtp://", "tcp:"), reactor },
    );
    assert.match(
      (await here("POST /api/v1/messages/1/release", '{"to":["me@example.com"]}')).body,
      /"accepted":\["me@example\.com"\]/,
    );
    assert.deepEqual(elsewhere.messages().at(-1)?.recipients, ["me@example.com"]);
    for (const body of ['{"to":[]}', '{"to":"me@example.com"}', "x"])
      assert.equal((await here("POST /api/v1/messages/1/release", body)).status, 400, body);
    elsewhere.fail({ stage: "sender", reply: "451 4.3.0 Later" });
    const failed = await here("POST /api/v1/messages/1/release", "{}");
    assert.deepEqual([failed.status, failed.json().error.message], [502, "Cannot send message 1 on: 451 4.3.0 Later"]);
    assert.match((await here("GET /api/v1/server")).body, /"smtpUrl":"smtp:.*"canRelease":true/);
  }));

test("HTML of strangers has an origin of its own, no script, and nothing from elsewhere", () =>
  inScene(async ({ ask, send }) => {
    await send(mixed);
    const { headers, body } = await ask("GET /api/v1/messages/1/html");
    const policy = headers["content-security-policy"]!;
    assert.match(
      policy,
      /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; /,
    );
    assert.doesNotMatch(policy, /allow-scripts|allow-same-origin|https?:/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["content-type"], "text/html; charset=utf-8");
    assert.equal(headers["x-remote-content"], "yes");
    assert.match(body, /^<!doctype html><base target="_blank">/);
    assert.match(body, /src="data:image\/png;base64,iVBORw0K"/);
    const remote = await ask("GET /api/v1/messages/1/html?remote=1");
    assert.match(remote.headers["content-security-policy"]!, /img-src data: http: https:; /);
    assert.doesNotMatch(remote.headers["content-security-policy"]!, /script-src|allow-scripts/);
  }));

test("parts are saved under harmless names, and never shown", () =>
  inScene(async ({ ask, send }) => {
    await send(mixed);
    const { headers, body } = await ask("GET /api/v1/messages/1/parts/3");
    assert.equal(body, "<script>alert(3)</script>");
    assert.match(headers["content-disposition"]!, /^attachment; filename="?x\.html"?$/);
    assert.match(headers["content-security-policy"]!, /^sandbox; default-src 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    const picture = await ask("GET /api/v1/messages/1/parts/2");
    assert.deepEqual([...picture.octets], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]);
    assert.match(picture.headers["content-disposition"]!, /^attachment/);
    for (const number of ["0", "4", "1.1", "x", "-1", "1%2f2"])
      assert.ok([400, 404].includes((await ask(`GET /api/v1/messages/1/parts/${number}`)).status), number);

    const source = await ask("GET /api/v1/messages/1/source");
    assert.equal(source.headers["content-type"], "text/plain; charset=utf-8");
    assert.equal(source.body, mixed.replace(/\n/g, "\r\n"));
    const saved = await ask("GET /api/v1/messages/1/source?download");
    assert.match(saved.headers["content-disposition"]!, /^attachment; filename="?message-1\.eml"?$/);
  }));

test("the page runs its own script alone, and is put into no frame", () =>
  inScene(async ({ ask }) => {
    const { headers, body } = await ask("GET /");
    const policy = headers["content-security-policy"]!;
    assert.match(
      policy,
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'; frame-src 'self'; /,
    );
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.doesNotMatch(body, /(?:src|href)="https?:/);
  }));

test("other names lead nowhere: no page of somebody else reads mail by DNS rebinding", () =>
  inScene(async ({ ask }) => {
    for (const host of [
      "127.0.0.1:8025",
      "[::1]:8025",
      "localhost:8025",
      "mail",
      "app.localhost",
      "mail.test",
      "mail.example.org",
      "MAIL.example.org:80",
    ])
      assert.equal((await ask("GET /api/v1/messages", [`Host: ${host}`])).status, 200, host);
    for (const host of [
      "evil.example.com",
      "127.0.0.1.evil.com",
      "localhost.evil.com",
      "example.org",
      "mail.example.org.evil.net",
    ])
      assert.equal((await ask("GET /api/v1/messages", [`Host: ${host}`])).status, 421, host);
    assert.equal((await ask("GET /", ["Host: evil.example.com"])).status, 421);
  }));

test("pages of somebody else change nothing, and read nothing (CSRF)", () =>
  inScene(async ({ ask, send, mail }) => {
    await send(plain);
    const foreign: readonly (readonly string[])[] = [
      ["Origin: https://evil.example"],
      ["Origin: null"],
      ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
      ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"],
      ["Origin: http://localhost:9999"],
    ];
    for (const fields of foreign) {
      assert.equal((await ask("DELETE /api/v1/messages", fields)).status, 403, fields.join());
      assert.equal(
        (await ask("POST /api/v1/failures", fields, '{"stage":"sender","reply":"550"}')).status,
        403,
        fields.join(),
      );
      assert.equal((await ask("GET /api/v1/messages", fields)).status, 403, fields.join());
    }
    const visit = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];
    assert.equal((await ask("GET /", visit)).status, 200, "a link to the page may be followed");
    assert.equal((await ask("DELETE /api/v1/messages", visit)).status, 403);
    assert.equal(mail.messages().length, 1);
    const own = ["Origin: http://localhost:8025", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"];
    assert.equal((await ask("DELETE /api/v1/messages", own)).status, 200);
  }));
