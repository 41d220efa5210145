#!/usr/bin/env node
import { program } from "./cli/program.ts";

// Who reads what a command prints may leave before it ends, as `head` does.
process.stdout.on("error", () => {});
process.exitCode = await program(process.argv.slice(2));
