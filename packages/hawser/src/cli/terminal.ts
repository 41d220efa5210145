import { type Terminal, UsageError } from "@hawser/core";

/** The terminal in front of which the command was called, or what stands in its place. */
export const terminal: Terminal = {
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  write: (chunk) =>
    new Promise((resolve, reject) => {
      process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
    }),
  readSecret,
  readAllInput,
};

/** Asks on standard error, so that what is printed can go into a file, and reads keys one by one: the terminal echoes none. */
async function readSecret(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw new UsageError("Cannot ask for a secret: standard input is no terminal");
  stdin.setRawMode(true); // before anything invites to type
  stderr.write(prompt);
  stdin.setEncoding("utf8").resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const onKeys = (keys: string) => {
        for (const key of keys) {
          if (key === "\r" || key === "\n" || key === "\x04") return done(() => resolve(typed));
          if (key === "\x03") return done(() => reject(new UsageError("Stopped while asking for a secret")));
          typed = key === "\x7f" || key === "\b" ? [...typed].slice(0, -1).join("") : (typed + key).slice(0, secretMax);
        }
      };
      const done = (settle: () => void) => {
        stdin.off("data", onKeys);
        settle();
      };
      stdin.on("data", onKeys);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

async function readAllInput({
  octetsMax = 1_048_576,
}: {
  readonly octetsMax?: number | undefined;
} = {}): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of process.stdin) {
    octets += (chunk as Buffer).length;
    if (octets > octetsMax) throw new UsageError(`Cannot read standard input: it is longer than ${octetsMax} octets`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Nobody types a longer one. */
const secretMax = 4_096;
