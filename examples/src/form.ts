// A form with a file, read as it streams in.      curl -F name=Ahab -F log=@ship.log 127.0.0.1:8080
import { formatAddress, listen } from "@hawser/core";
import { type HttpRequest, html, httpServer, json } from "@hawser/web";
import { readForm, safeFileName } from "@hawser/web/forms";

const page = `<form method="post" enctype="multipart/form-data">
<input name="name"> <input name="log" type="file"> <button>Send</button></form>\n`;

async function received(request: HttpRequest): Promise<Record<string, string | number>> {
  const answer: Record<string, string | number> = {};
  for await (const entry of readForm(request.body, request.headers.get("content-type"), { filesMax: 3 })) {
    if (entry.type === "field") answer[entry.name] = entry.value;
    else answer[safeFileName(entry.filename)] = await count(entry.content);
  }
  return answer;
}

async function count(content: AsyncIterable<Uint8Array>): Promise<number> {
  let octets = 0;
  for await (const chunk of content) octets += chunk.length;
  return octets;
}

const listener = await listen(
  process.argv[2] ?? "tcp:8080:interface=127.0.0.1",
  httpServer(async (request) => (request.method === "POST" ? json(await received(request)) : html(page))),
);
console.log(`listening on http://${formatAddress(listener.address)}/`);
