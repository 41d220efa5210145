// HTTPS with a certificate made on the spot, which nobody trusts.         node examples/dist/tls.js
import { formatAddress, listen } from "@hawser/core";
import { selfSignedCertificate } from "@hawser/core/testing";
import { httpServer, text } from "@hawser/web";

const keyPair = selfSignedCertificate({ names: ["localhost", "127.0.0.1"] });

const listener = await listen(
  process.argv[2] ?? "tls:8443:interface=127.0.0.1",
  httpServer((request) => text(`Nobody else heard that (${request.security?.version}, ${request.security?.cipher})\n`)),
  { keyPair: () => keyPair },
);
console.log(`listening on https://${formatAddress(listener.address)}/`);
console.log(`try: curl -k https://${formatAddress(listener.address)}/`);
