import { connectTo, type Reactor } from "@hawser/core";
import type { MailLocal } from "../mail-local.ts";
import type { MailLocalMessage, MailLocalSummary } from "../message.ts";

/** Whatever the API may say; a test knows what it has asked for. */
export interface WebJson extends MailLocalMessage {
  readonly total: number;
  readonly unread: number;
  readonly removed: number;
  readonly messages: readonly MailLocalSummary[];
  readonly failures: readonly unknown[];
  readonly error: { readonly status: number; readonly message: string };
}

/** What the page or the API answered. */
export interface WebAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly octets: Buffer;
  json(): WebJson;
}

/** Asks as a program would, or with more fields as a browser. */
export async function askWeb(
  { mail, reactor }: { readonly mail: MailLocal; readonly reactor: Reactor },
  requestLine: string,
  fields: readonly string[] = [],
  body = "",
): Promise<WebAnswer> {
  await using peer = await connectTo(mail.webUrl.replace("http://", "tcp:").replace(/\/$/, ""), { reactor });
  const host = fields.some((field) => /^host:/i.test(field)) ? [] : ["Host: localhost:8025"];
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${requestLine} HTTP/1.1`, ...host, "Connection: close", ...length, ...fields];
  peer.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of peer) chunks.push(chunk);
  return answerOf(Buffer.concat(chunks));
}

function answerOf(octets: Buffer): WebAnswer {
  const end = octets.indexOf("\r\n\r\n");
  const [first = "", ...lines] = octets.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => line.split(/:\s*(.*)/s, 2)).map(([n, v]) => [n!.toLowerCase(), v!]),
  );
  const body = octets.subarray(end + 4);
  return {
    status: Number(first.split(" ")[1]),
    headers,
    body: body.toString(),
    octets: body,
    json: () => JSON.parse(body.toString()),
  };
}
