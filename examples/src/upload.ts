// Uploads, counted as they stream in; nothing is kept.      curl -T big.iso 127.0.0.1:8080/upload
import { createHash } from "node:crypto";
import { formatAddress, listen } from "@hawser/core";
import { HttpError, httpServer, json } from "@hawser/web";

const listener = await listen(
  process.argv[2] ?? "tcp:8080:interface=127.0.0.1",
  httpServer(async (request) => {
    if (request.method !== "PUT") throw new HttpError(405, "Send a file with PUT", { headers: { allow: "PUT" } });
    const hash = createHash("sha256");
    let octets = 0;
    for await (const chunk of request.body) {
      hash.update(chunk);
      octets += chunk.length;
    }
    return json({ octets, sha256: hash.digest("hex") });
  }),
);
console.log(`listening on http://${formatAddress(listener.address)}/`);
