// One server, several sites.       curl -H 'Host: blog.example.org' 127.0.0.1:8080
import { formatAddress, listen } from "@hawser/core";
import { folder, httpServer, moved, text, virtualHosts } from "@hawser/web";

const www = folder((request) => text(`The site of ${request.host}\n`)).mount("about", () => text("About us\n"));

const sites = virtualHosts({
  "www.example.org": www,
  "*.example.org": (request) => text(`The page of ${request.host.split(".")[0]}\n`),
  "example.org": moved("https://www.example.org"),
});

const listener = await listen(process.argv[2] ?? "tcp:8080:interface=127.0.0.1", httpServer(sites));
console.log(`listening on http://${formatAddress(listener.address)}/`);
