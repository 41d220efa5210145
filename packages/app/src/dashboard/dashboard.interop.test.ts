import assert from "node:assert/strict";
import { accessSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { type Command, command, connection, connectTo, listen, type Service } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { httpServer } from "@hawser/web";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Application } from "../application/application.ts";
import { startApplication } from "../application/start.ts";
import { processGauge } from "../observe/process-readings.ts";
import { dashboardCommand } from "./command.ts";
import { dashboardSite } from "./site.ts";

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
  readonly browser: Browser;
  readonly application: Application;
  /** The printed link, which logs in. */
  readonly link: string;
  readonly echoPort: number;
  /** Breaks the echo service. */
  fail(error: Error): void;
  /** Opens a page; what it complains about fails the test. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
}

async function inScene(context: TestContext, body: (scene: Scene) => Promise<void>): Promise<void> {
  if (!isThere(executablePath)) return context.skip("chromium is not installed");
  let fail: Scene["fail"] = () => {};
  const printed: string[] = [];
  const commands: Readonly<Record<string, Command>> = {
    dashboard: dashboardCommand,
    echo: echoCommand((now) => {
      fail = now;
    }),
  };
  const services = [
    { command: "dashboard", name: "dashboard", options: { listen: ["tcp:0:interface=127.0.0.1"] } },
    { command: "echo", name: "echo <b>", options: {} },
  ];
  await using application = await startApplication(
    { name: "example.org", services },
    {
      reactor: nodeReactor,
      findCommand: async (name) => commands[name],
      print: (line) => void printed.push(line),
      openLog: () => Promise.reject(new Error("no logs here")),
    },
  );
  const { address } = application.services[1]!.listeners[0]!.listener;
  const browser = await chromium.launch({ executablePath, args: quiet });
  const complaints: string[] = [];
  const open: Scene["open"] = async (url, options) => {
    const page = await (await browser.newContext(options)).newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      const isRefusal = /status of 403/.test(message.text()); // which the browser tells, and the page too
      if (message.type() === "error" && !isRefusal) complaints.push(message.text());
    });
    await page.goto(url);
    return page;
  };
  try {
    const link = printed[0]!.replace("dashboard on ", "");
    const echoPort = (address as { readonly port: number }).port;
    await body({ browser, application, link, echoPort, fail: (error) => fail(error), open });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

function echoCommand(told: (fail: Scene["fail"]) => void): Command {
  return command({
    name: "echo",
    summary: "Echoes lines",
    options: {},
    async start(_, context): Promise<Service> {
      const echo = connection(async (peer) => {
        for await (const line of peer.lines()) peer.write(`${line}\r\n`);
      });
      const listener = await context.listen("tcp:0:interface=127.0.0.1", echo);
      const ended = new Promise<void>((_resolve, reject) => told(reject));
      ended.catch(() => {});
      return { ended, stop: (how) => listener.stop(how) };
    },
  });
}

test("the printed link shows what runs, and follows what happens", (context) =>
  inScene(context, async ({ link, open, echoPort, fail }) => {
    const page = await open(link);
    await page.waitForSelector("text=All services run");
    assert.equal(await page.title(), "example.org · Hawser");
    assert.doesNotMatch(page.url(), /token/);
    const row = page.locator("#services tr", { hasText: "echo <b>" });
    assert.match((await row.textContent())!, /running.*tcp 127\.0\.0\.1:/s);

    await using peer = await connectTo(`tcp:127.0.0.1:${echoPort}`);
    peer.write("ahoy\r\n");
    await peer.readLine();
    const own = page.locator("#connections tr", { hasText: "echo <b>" });
    await own.waitFor();
    await page.waitForFunction('/6.B.*6.B/s.test(document.getElementById("connections").textContent)');
    await own.getByRole("button").click();
    assert.match(String(await peer.closed), /reset/);
    await own.waitFor({ state: "detached" });

    fail(new Error("<img src=x> is full"));
    await page.waitForSelector("#events >> text=echo <b> is restarting: <img src=x> is full");
    await page.waitForSelector("#services >> text=1 restart");
    assert.equal(await page.locator("main img, main b:has(b)").count(), 0);
  }));

test("without the link one sees nothing", (context) =>
  inScene(context, async ({ link, open }) => {
    const [base] = link.split("#");
    const page = await open(base!);
    await page.waitForSelector("text=Not logged in");
    assert.equal(await page.locator("#live").isVisible(), false);
    await page.waitForSelector("text=Open the link that was printed");
    assert.equal(await page.locator("#login-form").isVisible(), false, "there are no users who could log in");
  }));

test("users of the application log in by keyboard alone, stay logged in, and log out", async (context) => {
  await inScene(context, async ({ application, open }) => {
    const portal = {
      login: async ({ user, password }: { readonly user: string; readonly password: string }) => {
        const { LoginError } = await import("@hawser/auth");
        if (password !== "open sesame") throw new LoginError("bad-credentials", "No");
        return { user: { name: user }, logout: async () => {} };
      },
    };
    const { site, close } = dashboardSite(application, processGauge(), { portal: portal as never });
    await using listener = await listen("tcp:0:interface=127.0.0.1", httpServer(site));
    const url = `http://127.0.0.1:${(listener.address as { readonly port: number }).port}/`;
    const page = await open(url);
    await page.waitForSelector("text=Not logged in");
    assert.equal(await page.evaluate("document.activeElement.id"), "user");
    await page.keyboard.type("alice");
    await page.keyboard.press("Tab");
    await page.keyboard.type("open says me");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=User or password is wrong");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("open sesame");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=All services run");
    await page.reload();
    await page.waitForSelector("text=All services run");
    await page.getByRole("button", { name: "Log out" }).press("Enter");
    await page.waitForSelector("text=Not logged in");
    close();
  });
});

test("it fits a phone, and every word can be read, by day and by night", (context) =>
  inScene(context, async ({ link, open, fail }) => {
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [1_280, 390]) {
        const page = await open(link, { colorScheme, viewport: { width, height: 844 } });
        await page.waitForSelector("text=All services run");
        fail(new Error("the disk is full"));
        await page.waitForSelector("#events .error");
        const { scrollWidth, weak, looked } = (await page.evaluate(measure)) as Measured;
        assert.ok(looked > 40, `${looked} texts`);
        assert.ok(scrollWidth <= width, `${colorScheme} ${width}: the page is ${scrollWidth} wide`);
        assert.deepEqual(weak, [], `${colorScheme} ${width}`);
        await page.waitForSelector("text=All services run");
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
  let looked = 0;
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join("");
    if (text.trim() === "" || element.tagName === "SCRIPT" || element.getClientRects().length === 0) continue;
    looked++;
    const [front, back] = [luminance(getComputedStyle(element).color), luminance(background(element))];
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < 4.5) weak.push(contrast.toFixed(2) + " " + element.className + " " + text.trim().slice(0, 40));
  }
  return { scrollWidth: document.documentElement.scrollWidth, weak, looked };
})()`;

interface Measured {
  readonly scrollWidth: number;
  readonly weak: readonly string[];
  readonly looked: number;
}
