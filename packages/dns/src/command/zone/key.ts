import {
  type CommandOption,
  type CommandOptions,
  type CommandValues,
  optionChoice,
  type ToolContext,
} from "@hawser/core";
import { tsigAlgorithms } from "../../tsig/key.ts";
import { zoneName } from "../dns/spelling.ts";

const algorithms = ["hmac-sha256", "hmac-sha384", "hmac-sha512"] as const;

/** What `hawser zone key` takes. */
export interface ZoneKeyOptions extends CommandOptions {
  readonly algorithm: CommandOption<(typeof algorithms)[number] | undefined>;
}

/** The options of `hawser zone key`. */
export const zoneKeyOptions: ZoneKeyOptions = {
  algorithm: optionChoice(algorithms, "what signs", { defaultText: "hmac-sha256" }),
};

/** `hawser zone key NAME`: prints a new TSIG key as BIND, NSD's converters and `--tsig` read it; to be put into a file. */
export async function runZoneKey(
  { name, algorithm = "hmac-sha256" }: CommandValues<ZoneKeyOptions> & { readonly name: string },
  { reactor, terminal }: ToolContext,
): Promise<number> {
  const { macOctets } = tsigAlgorithms[algorithm]!; // a key as long as the hash (RFC 8945 §6)
  const secret = Buffer.from(reactor.random.bytes(macOctets)).toString("base64");
  const shown = String(zoneName(name)).replace(/(?<=.)\.$/, "");
  for (const line of [`key "${shown}" {`, `\talgorithm ${algorithm};`, `\tsecret "${secret}";`, "};"])
    terminal.print(line);
  return 0;
}
