import { digOptions } from "./options.ts";

const head = `Words: [@SERVER] NAME [TYPE] [CLASS] [+OPTION]... [NAME ...]

SERVER is an address or a name, with #PORT behind it where that is another; by
default the name servers of resolv.conf are asked. TYPE is A by default. What
stands before the first name holds for all names, what follows one for it alone.

  -x ADDRESS          the name that belongs to an address
  -t TYPE, -c CLASS   for names that could be a type or a class
  -q NAME             for names that begin with @, + or -
  -p PORT             another port than 53
  -4, -6              only servers with an address of this family
  -b ADDRESS[#PORT]   ask from this address of ours
  -f FILE             more command lines, one in each line; - is standard input
  -k FILE             sign with the TSIG key of this file
  -y [HMAC:]NAME:KEY  sign with this TSIG key
  -u                  microseconds instead of milliseconds`;

const foot = `+noWORD undoes +WORD. Words may be cut short: +multi, +noans, +rec.
It ends with status 0 when there was an answer, 1 for a command line that cannot
be followed, 8 without the batch file, 9 without an answer, 10 for other faults.`;

/** All words that `hawser dig` knows, as lines of 80 columns. */
export function digHelp(): readonly string[] {
  const rows = Object.entries(digOptions).map(([name, { placeholder, summary }]) => {
    const word = `  +${name}${placeholder === undefined ? "" : `=${placeholder}`}`;
    return word.length < 22 ? `${word.padEnd(22)}${summary}` : `${word}\n${" ".repeat(22)}${summary}`;
  });
  return [...head.split("\n"), ...rows.flatMap((row) => row.split("\n")), "", ...foot.split("\n")];
}
