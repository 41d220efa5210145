import { homedir, userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import type { UpParts } from "@hawser/app/tools";
import { nodeReactor } from "@hawser/core/node";
import { toolbox } from "./installed.ts";
import { runParts } from "./run-parts.ts";

/** What `hawser up` makes a personal server of. */
export const upParts: UpParts = {
  run: runParts,
  toolbox,
  skeleton: () => nodeReactor.files(fileURLToPath(new URL("welcome", import.meta.resolve("hawser/package.json")))),
  get person() {
    return { name: personName(), home: homedir() };
  },
};

/** A user without an entry in the system's database, as in some containers, has no name. */
function personName(): string {
  try {
    return userInfo().username;
  } catch {
    return "me";
  }
}
