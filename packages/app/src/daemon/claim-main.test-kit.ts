/** Claims a pid file when it is told to, for the test in which many do so at the same time. */
import { claimPidFile, type HeldPidFile } from "./pid-file.ts";

let held: HeldPidFile | undefined;

process.on("message", (word) => {
  if (word === "claim") process.send!(claim());
  else {
    held?.release();
    held = undefined;
    process.send!("released");
  }
});
process.send!("ready");

function claim(): string {
  try {
    held = claimPidFile(process.argv[2]!);
    return "held";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
