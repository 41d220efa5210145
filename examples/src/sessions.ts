// What a server remembers of one browser.       curl -c jar -b jar 127.0.0.1:8080
import { formatAddress, listen } from "@hawser/core";
import { httpServer, sessionOf, text, withSessions } from "@hawser/web";

const site = withSessions((request) => {
  const session = sessionOf(request);
  const visits = Number(session.data["visits"] ?? 0) + 1;
  session.data["visits"] = visits;
  return text(`Visit ${visits}\n`);
});

const listener = await listen(process.argv[2] ?? "tcp:8080:interface=127.0.0.1", httpServer(site));
console.log(`listening on http://${formatAddress(listener.address)}/`);
