import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import dns2 from "dns2";

/** What dns2 gives a program to work with: a Map stands for its zone. */
const addresses = new Map<string, string>();
for (const line of readFileSync(process.env["BENCH_ZONE"]!, "utf8").split("\n")) {
  const [, name, address] = /^(\S+)\. \d+ IN A (\S+)$/.exec(line) ?? [];
  if (name !== undefined) addresses.set(name, address!);
}

const server = dns2.createServer({
  udp: true,
  handle: (request, send) => {
    const response = dns2.Packet.createResponseFromRequest(request);
    const [question] = request.questions;
    const address = addresses.get(question!.name.toLowerCase());
    response.header.aa = 1;
    if (address === undefined) response.header.rcode = 3;
    else response.answers.push(dns2.Packet.createResourceFromQuestion(question!, { ttl: 300, address }));
    send(response);
  },
});
await server.listen({ udp: { port: 0, address: "127.0.0.1" } });
const { port } = server.addresses().udp as AddressInfo;
process.stdout.write(`listening ${port}\n`);
