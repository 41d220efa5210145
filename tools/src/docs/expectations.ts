import { connect } from "node:net";
import type { Expectation } from "./directives.ts";

/** Says what is still wrong, or nothing when the expectation is met. */
export async function problemWith(expectation: Expectation, output: string): Promise<string | undefined> {
  switch (expectation.type) {
    case "http":
      return httpProblem(expectation);
    case "output":
      return output.includes(expectation.text) ? undefined : `It has not printed ${JSON.stringify(expectation.text)}`;
    case "tcp":
      return tcpProblem(expectation);
    default:
      return expectation satisfies never;
  }
}

const patienceMs = 2_000;

type Http = Extract<Expectation, { type: "http" }>;

async function httpProblem({ method, url, status, text }: Http): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method, redirect: "manual", signal: AbortSignal.timeout(patienceMs) });
    const body = await response.text();
    if (response.status === status && body.includes(text)) return undefined;
    return `${method} ${url} was answered with ${response.status} and ${JSON.stringify(body.slice(0, 200))}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return `${method} ${url} failed: ${cause instanceof Error ? cause.message : message}`;
  }
}

type Tcp = Extract<Expectation, { type: "tcp" }>;

async function tcpProblem({ port, sent, text }: Tcp): Promise<string | undefined> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(sent));
    const finish = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(patienceMs, () => finish(`Port ${port} said only ${JSON.stringify(received)}`));
    socket.on("error", (error) => finish(`Port ${port}: ${error.message}`));
    socket.on("end", () => finish(`Port ${port} closed after ${JSON.stringify(received)}`));
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      received += chunk;
      if (received.includes(text)) finish(undefined);
    });
  });
}
