import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository, root } from "../tree.ts";
import { layersDiagram, withDiagram } from "./diagram.ts";
import { packageFolders } from "./packages.ts";

/** `npm run layers` prints the picture of the packages; `npm run layers -- --write` puts it into ARCHITECTURE.md. */
const diagram = layersDiagram(packageFolders(repository()));
const page = join(root, "ARCHITECTURE.md");
if (!process.argv.includes("--write")) process.stdout.write(`${diagram}\n`);
else if (!existsSync(page)) fail("there is no ARCHITECTURE.md");
else write(withDiagram(readFileSync(page, "utf8"), diagram));

function write(text: string | undefined): void {
  if (text === undefined) fail("ARCHITECTURE.md has no <!-- layers:begin --> … <!-- layers:end -->");
  else writeFileSync(page, text);
}

function fail(reason: string): void {
  process.stderr.write(`layers: cannot write the picture: ${reason}\n`);
  process.exitCode = 1;
}
