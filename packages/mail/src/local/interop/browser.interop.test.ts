import assert from "node:assert/strict";
import { accessSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { connectSmtp } from "../../smtp/index.ts";
import { mailLocal } from "../local.ts";
import type { MailLocal } from "../mail-local.ts";

const executablePath = "/usr/bin/chromium";

/** Keeps the browser from looking for its maker's servers, which a test machine cannot reach. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

interface Scene {
  readonly mail: MailLocal;
  /** The server that messages are sent on to. */
  readonly other: MailLocal;
  /** Addresses elsewhere that a page really asked for; they are answered with nothing. */
  readonly elsewhere: string[];
  send(fields: Readonly<Record<string, string>>, body?: string): Promise<void>;
  open(options?: BrowserContextOptions): Promise<Page>;
}

async function inScene(context: TestContext, body: (scene: Scene) => Promise<void>): Promise<void> {
  try {
    accessSync(executablePath);
  } catch {
    return context.skip("chromium is not installed");
  }
  await using other = await mailLocal({ pop3: false, imap: false, web: false });
  await using mail = await mailLocal({ pop3: false, imap: false, releaseTo: other.smtpUrl.replace("smtp://", "tcp:") });
  const browser = await chromium.launch({ executablePath, args: quiet });
  const elsewhere: string[] = [];
  const faults: string[] = [];
  let number = 0;
  try {
    await body({
      ...{ mail, other, elsewhere },
      async send(fields, text = "Hello\r\n") {
        await using client = await connectSmtp(mail.smtpUrl.replace("smtp://", "tcp:"));
        const all = {
          From: "Ann <ann@example.org>",
          To: "bob@example.net",
          Subject: `Message ${++number}`,
          Date: "Thu, 1 Jan 2026 10:00:00 +0000",
          "Message-ID": `<${number}@example.org>`,
          ...fields,
        };
        const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
        await client.send({ from: "ann@example.org", to: "bob@example.net", content: `${head.join("")}\r\n${text}` });
      },
      async open(options) {
        const window = await browser.newContext(options);
        await window.route(
          (url) => !url.href.startsWith(mail.webUrl),
          (route) => {
            elsewhere.push(route.request().url());
            return route.fulfill({ body: "" });
          },
        );
        const page = await window.newPage();
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("dialog", (dialog) => faults.push(`dialog ${dialog.message()}`));
        await page.goto(mail.webUrl);
        await page.waitForSelector("text=Live");
        return page;
      },
    });
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
}

test("messages show up by themselves, are found, read, marked and deleted by keyboard alone", (context) =>
  inScene(context, async ({ send, open, mail }) => {
    const page = await open();
    await page.waitForSelector("text=No mail yet");
    for (const Subject of ["First", "Second <i>", "Third"]) await send({ Subject });
    await page.waitForSelector("text=3 messages, 3 unread");
    assert.equal(await page.title(), "(3) Mail");
    await page.keyboard.press("j");
    await page.waitForSelector("#subject:text('Third')");
    await page.keyboard.press("j");
    await page.waitForSelector("#subject:text('Second <i>')");
    await page.waitForSelector("text=3 messages, 1 unread");
    await page.keyboard.press("u");
    await page.waitForSelector("text=3 messages, 2 unread");
    await page.keyboard.press("#");
    await page.waitForSelector("#subject:text('First')");
    await page.keyboard.press("/");
    await page.keyboard.type("third ann");
    await page.waitForSelector("text=1 message found");
    await page.keyboard.press("Escape");
    await page.waitForSelector("text=2 messages");
    await page.keyboard.press("Escape");
    await page.waitForSelector("text=Choose a message");
    await page.click("#delete-all");
    assert.equal(mail.messages().length, 2, "it asks first");
    await page.click("text=Sure?");
    await page.waitForSelector("text=No mail yet");
    assert.deepEqual(mail.messages(), []);
  }));

test("a message is sent on to a server that delivers", (context) =>
  inScene(context, async ({ send, open, other }) => {
    await send({ Subject: "On its way" });
    const page = await open();
    await page.click(".row");
    await page.getByRole("button", { name: "Send on" }).click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("me@example.com, not an address");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#sending-said:text('Cannot send message 1 on')");
    await page.fill("#sending-to", "me@example.com");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Sent to me@example.com");
    assert.deepEqual(other.messages()[0]?.recipients, ["me@example.com"]);
    await page.keyboard.press("Escape");
    await page.waitForSelector("#subject:text('On its way')");
  }));

const hostile = `<!doctype html><script>parent.pwned = top.pwned = 1; alert(1)</script>
<img id="pic" src="cid:pic@x"><img src="https://tracker.example/p.gif" onerror="alert(2)"><svg onload="alert(3)"></svg>
<link rel="stylesheet" href="https://tracker.example/s.css"><style>body { background: url(https://tracker.example/b.png) }</style>
<iframe src="/api/v1/messages"></iframe><meta http-equiv="refresh" content="0;url=https://tracker.example/go">
<form action="/api/v1/messages" method="post"><button id="send">x</button></form><a id="js" href="javascript:alert(4)">y</a>
<object data="https://tracker.example/o"></object><p id="seen">Seen</p>`;

test("hostile mail runs nothing, sends nothing, and loads nothing from elsewhere unless one says so", (context) =>
  inScene(context, async ({ send, open, mail, elsewhere }) => {
    const markup = '<img src=x onerror="alert(5)"><script>alert(6)</script>';
    await send(
      {
        From: `"${markup.replace(/"/g, "'")}" <ann@example.org>`,
        Subject: markup,
        "MIME-Version": "1.0",
        "Content-Type": "multipart/related; boundary=b",
      },
      `--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${hostile.replace(/\n/g, "\r\n")}\r\n--b\r\nContent-Type: image/gif; name="${markup.replace(/"/g, "'")}"\r\nContent-ID: <pic@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7\r\n--b--\r\n`,
    );
    const page = await open();
    await page.click(".row");
    const frame = page.frameLocator("iframe");
    await frame.locator("#seen").waitFor();
    assert.equal(
      await frame.locator("#pic").evaluate((picture) => (picture as unknown as { naturalWidth: number }).naturalWidth),
      1,
      "a picture of its own is shown",
    );
    await frame.locator("#js").click();
    await frame.locator("#send").click();
    assert.equal(await page.evaluate("window.pwned"), undefined);
    assert.equal(await page.locator("#message img, #list img, #message script").count(), 0);
    assert.deepEqual(elsewhere, []);
    assert.equal(mail.messages().length, 1);
    for (const name of ["Checks", "Header", "Parts", "Source", "SMTP"]) {
      await page.getByRole("tab", { name }).click();
      await page.locator("#view:not(:empty)").waitFor();
    }
    await page.getByRole("tab", { name: "HTML" }).click();
    await page.click("text=Load them");
    await page.waitForSelector("text=Pictures from elsewhere are loaded.");
    await frame.locator("#seen").waitFor();
    assert.deepEqual(
      [...new Set(elsewhere)].sort(),
      ["b.png", "p.gif", "s.css"].map((name) => `https://tracker.example/${name}`),
    );
    assert.equal(await page.evaluate("window.pwned"), undefined);
  }));

test("it fits a phone, and every word can be read, by day and by night", (context) =>
  inScene(context, async ({ send, open }) => {
    await send({
      Subject: "A subject that is so long that no phone in the world can show all of it in a line",
      Bcc: "eve@example.org",
    });
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [1_280, 390]) {
        const page = await open({ colorScheme, viewport: { width, height: 844 } });
        const look = async () => {
          const { scrollWidth, weak } = (await page.evaluate(measure)) as {
            readonly scrollWidth: number;
            readonly weak: readonly string[];
          };
          assert.ok(scrollWidth <= width, `${colorScheme} ${width}: the page is ${scrollWidth} wide`);
          assert.deepEqual(weak, [], `${colorScheme} ${width}`);
        };
        await look();
        await page.click(".row");
        for (const name of ["Text", "Checks", "Header", "Parts", "Source", "SMTP"]) {
          await page.getByRole("tab", { name }).click();
          await look();
        }
        await page.context().close();
      }
  }));

/** Run in the page: how wide it is, and which texts have less contrast than 4.5 (WCAG 2.2 §1.4.3). */
const measure = String.raw`(() => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    if (element === null) return "rgb(255, 255, 255)";
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? background(element.parentElement) : backgroundColor;
  };
  const weak = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join("");
    if (text.trim() === "" || element.disabled || ["SCRIPT", "STYLE"].includes(element.tagName) || element.getClientRects().length === 0) continue;
    const [front, back] = [luminance(getComputedStyle(element).color), luminance(background(element))];
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < 4.5) weak.push(contrast.toFixed(2) + " " + element.className + " " + text.trim().slice(0, 40));
  }
  return { scrollWidth: document.documentElement.scrollWidth, weak };
})()`;
