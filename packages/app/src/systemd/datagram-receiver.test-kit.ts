import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A UNIX datagram socket of another program's, since Node has none. */
export interface DatagramReceiver extends AsyncDisposable {
  /** What has come, one datagram each. */
  readonly datagrams: readonly string[];
  /** Resolves when a datagram has a text. */
  receives(text: string): Promise<void>;
}

/** @param address a path, or `@` and an abstract name */
export async function receiveDatagrams(address: string): Promise<DatagramReceiver> {
  const child = spawn("python3", ["-u", "-c", program, address], { stdio: ["ignore", "pipe", "inherit"] });
  const datagrams: string[] = [];
  const waiting: (readonly [text: string, run: () => void])[] = [];
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "bound") return resolve();
      datagrams.push(JSON.parse(line) as string);
      for (const [text, run] of waiting) if (line.includes(text)) run();
    });
  });
  return {
    datagrams,
    receives: (text) =>
      new Promise((resolve) => {
        if (datagrams.some((datagram) => datagram.includes(text))) resolve();
        else waiting.push([text, resolve]);
      }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

const program = `
import json, socket, sys
address = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\\0" + address[1:] if address.startswith("@") else address)
print("bound")
while True:
    print(json.dumps(receiver.recv(65536).decode()))
`;
