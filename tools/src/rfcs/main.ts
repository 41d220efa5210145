import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository, root } from "../tree.ts";
import { rfcPage, rfcPagePath, rfcsOf } from "./table.ts";

/** `npm run docs` writes the pages that are made from data. */
writeFileSync(join(root, rfcPagePath), rfcPage(rfcsOf(repository())));
