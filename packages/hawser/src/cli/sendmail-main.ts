import { basename } from "node:path";
import { runSendmail } from "@hawser/mail/sendmail";
import { sendmailSystem } from "./sendmail-system.ts";

// `hawser sendmail …`, or a link to this program that is called `sendmail`, `mailq` or `newaliases`.
const [, program = "", ...words] = process.argv;
const names: Readonly<Record<string, readonly string[]>> = { mailq: ["-bp"], newaliases: ["-bi"], sendmail: [] };
const called = basename(program);
const before = Object.hasOwn(names, called) ? names[called] : undefined;

for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {}); // who reads may leave before the end
process.exitCode = await runSendmail(before === undefined ? words.slice(1) : [...before, ...words], sendmailSystem());
