import type { Reactor, ToolContext } from "@hawser/core";

/** A terminal for tests: what was printed, and what was complained about. */
export interface FakeTerminal {
  readonly context: ToolContext;
  readonly printed: string[];
  readonly complaints: string[];
}

/** Somebody in front of a tool, whose standard input is this text. */
export function fakeTerminal(reactor: Reactor, input = ""): FakeTerminal {
  const printed: string[] = [];
  const complaints: string[] = [];
  const terminal: ToolContext["terminal"] = {
    print: (line) => void printed.push(line),
    complain: (line) => void complaints.push(line),
    write: async (chunk) => void printed.push(Buffer.from(chunk).toString()),
    readSecret: async () => "",
    readAllInput: async () => Buffer.from(input),
  };
  return { context: { reactor, terminal, signal: new AbortController().signal }, printed, complaints };
}
