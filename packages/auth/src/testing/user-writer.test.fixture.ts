/** Adds users to a file, one after the other, until it is killed; says which of them it was told are there. */
import { writeSync } from "node:fs";
import { argv } from "node:process";
import { nodeReactor } from "@hawser/core/node";
import { addUser } from "../users/edit.ts";
import { cheapHasher } from "./login.test-kit.ts";

const [, , path = "", prefix = ""] = argv;
const options = { hasher: cheapHasher(nodeReactor), staleMs: 300, scram: ["sha256"], scramIterations: 4096 } as const;

writeSync(1, "ready\n");
for (let number = 0; ; number++) {
  const name = `${prefix}-${number}`;
  await addUser(path, name, "secret", options);
  writeSync(1, `${name}\n`);
}
