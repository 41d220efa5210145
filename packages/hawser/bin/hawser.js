#!/usr/bin/env node
// Stands here and not in the bundle, because npm links a command when it installs, and that comes before the build.
import module from "node:module";

module.enableCompileCache?.(); // Node 22.8 and later: modules are compiled once, not at every start

// What cron, PHP and the like call for each message does not wait for the rest of the command line.
const [, program = "", command, word] = process.argv;
const isSendmail = /(?:^|[/\\])(?:sendmail|mailq|newaliases)$/.test(program);
await import(isSendmail || (command === "sendmail" && word !== "--help") ? "#sendmail" : "#main");
