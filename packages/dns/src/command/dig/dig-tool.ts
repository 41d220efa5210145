import { restOperand, type Tool, tool } from "@hawser/core";
import { runDig } from "./dig.ts";
import { digHelp } from "./help.ts";

/** `hawser dig`: asks name servers, with the words and the output of BIND's `dig`. */
export const digTool: Tool = tool({
  name: "dig",
  summary: "Ask name servers, with the words of dig",
  options: {},
  operands: {
    words: restOperand("WORDS", "what to ask, whom and how, as listed below", { raw: true }),
  },
  details: digHelp(),
  examples: [
    ["hawser dig example.org MX", "the mail servers of a domain"],
    ["hawser dig @9.9.9.9 example.org +short", "the addresses alone, from one server"],
    ["hawser dig -x 192.0.2.1", "the name that belongs to an address"],
    ["hawser dig @ns.example.org example.org AXFR -k transfer.key", "a whole zone"],
    ["hawser dig @dns.example +https example.org HTTPS +json", "over HTTPS, as JSON"],
    ["hawser dig +trace example.org", "who delegates what to whom"],
  ],
  run: ({ words }, context) => runDig(words, context),
});
