import assert from "node:assert/strict";
import { test } from "node:test";
import type { Factory } from "../factory.ts";
import type { Receiver, Transport } from "../transport.ts";
import { formatTranscript, parseTranscript, playTranscript, RecordingReceiver, transcripts } from "./index.ts";

/** A little server: greets, counts, tells the time, is bored after a minute, says goodbye. */
const littleServer: Factory = {
  accept: (transport) => new LittleProtocol(transport),
};

class LittleProtocol implements Receiver {
  readonly #transport: Transport;
  #text = "";
  #bored: { cancel(): void };

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.write("+OK ready\r\n");
    this.#bored = this.#waitAMinute();
  }

  data(chunk: Uint8Array): void {
    this.#text += Buffer.from(chunk).toString("latin1");
    for (let end = this.#text.indexOf("\r\n"); end >= 0; end = this.#text.indexOf("\r\n")) {
      this.#answer(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 2);
    }
  }

  end(): void {
    this.#transport.end();
  }

  closed(): void {
    this.#bored.cancel();
  }

  #answer(line: string): void {
    this.#bored.cancel();
    this.#bored = this.#waitAMinute();
    if (line === "TIME") this.#transport.write(`+OK it is ${this.#transport.reactor.clock.wall()} o'clock\r\n`);
    else if (line === "RAW") this.#transport.writeLatin1("\x00\xff|");
    else if (line !== "QUIT") this.#transport.write(`-ERR ${line.length} octets\r\n`);
    else {
      this.#transport.write("+OK bye\r\n");
      this.#transport.end();
    }
  }

  #waitAMinute(): { cancel(): void } {
    return this.#transport.reactor.clock.after(60_000, () => this.#transport.end());
  }
}

transcripts(
  "a server is tested by its client's lines",
  { server: () => littleServer },
  {
    "it greets, answers and says goodbye": `
    S: +OK ready
    C: what?
    S: -ERR 5 octets
    C: QUIT
    S: +OK bye
    S: (closes)`,
    "pipelined lines are answered in order": `
    # Two at once, as RFC 2920 wants
    C: é
    C: four
    S: +OK ready
    S: -ERR 2 octets
    S: -ERR 4 octets
    C: (closes)
    S: (closes)`,
    "text that varies": `
    S: +OK ready
    C: TIME
    S: +OK it is … o'clock`,
    "octets that are no text": `
    S: +OK ready
    C: RAW
    S| \\x00\\xff|
    C| QU
    C| IT\\r\\n
    S: +OK bye
    S: (closes)`,
    "after a minute it is bored": `
    S: +OK ready
    (after 59 s)
    C: still here
    S: -ERR 10 octets
    (after 1 min)
    S: (closes)`,
  },
);

transcripts(
  "a client is tested by its server's lines",
  { client: sayHello },
  {
    "it waits for the greeting, and leaves": `
    S: 220 ready
    C: HELO client
    S: 250 hello
    C: (closes)`,
  },
);

async function sayHello(
  host: Parameters<Extract<Parameters<typeof transcripts>[1], { client: unknown }>["client"]>[0],
): Promise<void> {
  const [address] = await host.names.lookup("server");
  const transport = await host.network.connect({ ...address!, port: 1 }, {});
  const side = new RecordingReceiver();
  transport.start(side);
  await side.untilOctets("220 ready\r\n".length);
  transport.write("HELO client\r\n");
  await side.untilOctets("220 ready\r\n250 hello\r\n".length);
  transport.end();
  await side.untilCalled("closed");
}

test("octets written as a transcript are read back", () => {
  const octets = Buffer.from("GET / HTTP/1.1\r\n\r\n (not a step)\r\n\x00\x7f\xff\\ \n…end ", "utf8");
  const steps = formatTranscript("C", octets).map((line) => parseTranscript(`   ${line}`)[0]!);
  const said = steps.map((step) => (step.type === "says" ? step.parts.join("") : "")).join("");
  assert.deepEqual(Buffer.from(said, "latin1"), octets);
});

test("a line that is no step is refused", () => {
  assert.throws(() => parseTranscript("X: hello"), /Cannot read transcript line "X: hello"/);
  assert.throws(() => parseTranscript("(after 3 moons)"), SyntaxError);
});

test("what differs from the transcript fails, and the error shows both", async () => {
  const failures: [transcript: string, actual: string, expected: string][] = [
    ["S: +OK steady", "+OK ready\r\n", "+OK steady\r\n"],
    ["S: +OK ready\nS: and more", "", "and more\r\n"],
    ["(after 1 s)", "+OK ready\r\n", ""],
    [
      "S: +OK ready\nC: TIME\nS: +OK it is … in the morning",
      "+OK it is 1767225600004 o'clock\r\n",
      "+OK it is … in the morning\r\n",
    ],
  ];
  for (const [transcript, actual, expected] of failures)
    await assert.rejects(playTranscript({ server: () => littleServer }, transcript), (error: assert.AssertionError) => {
      assert.match(error.message, /^HAWSER_SEED=1 /);
      assert.deepEqual([error.actual, error.expected], [actual, expected]);
      return true;
    });
  await assert.rejects(
    playTranscript({ server: () => littleServer }, "S: +OK ready\nS: (closes)\n"),
    /more was said|did not close/,
  );
});
