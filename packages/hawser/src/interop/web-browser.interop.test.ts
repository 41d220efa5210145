import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startHawser } from "../testing/hawser-process.ts";
import { needs } from "../testing/programs.ts";

const welcome = (name: string) => fileURLToPath(new URL(`../../welcome/${name}`, import.meta.url));

/** Keeps the browser from looking for its maker's servers, which a test machine cannot reach. */
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

test("Chromium clicks through the welcome site: the script, the listing, a folder, a file, and an error page", async (context) => {
  if (!needs(context, "chromium")) return;
  await using hawser = await startHawser([
    ...["web", "--listen", "tcp:0:interface=127.0.0.1", "--path", welcome("htdocs")],
    ...["--cgi", `/cgi=${welcome("cgi-bin")}`, "--mount", `/files=${welcome("files")}`],
  ]);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: quiet });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));

    await page.goto(hawser.url);
    assert.equal(await page.title(), "Hawser");
    await page.click("text=A CGI script");
    const said = await page.textContent("body");
    assert.match(said!, /Hello from a CGI script/);
    assert.match(said!, /\/some\/path/);
    assert.match(said!, /knot=bowline/);

    await page.goBack();
    await page.click("text=A folder");
    await page.click("text=knots");
    assert.match(page.url(), /\/files\/knots\/$/);
    await page.click("text=bowline.txt");
    assert.match((await page.textContent("body"))!, /The rabbit comes out of the hole/);

    await page.goto(hawser.url);
    await page.click("text=A page that is not there");
    assert.match((await page.textContent("h1"))!, /404/);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
