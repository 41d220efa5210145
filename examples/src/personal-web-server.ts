// A folder, Perl pages, a CGI folder and a second folder.    node examples/dist/personal-web-server.js tcp:7777 /var/www
import { formatAddress, listen } from "@hawser/core";
import { cgiDirectory, files, httpServer, script } from "@hawser/web";

const folder = process.argv[3] ?? "/var/www";

const root = files(`${folder}/htdocs`, {
  index: ["index.html", "index.htm"],
  processors: { ".pl": script("/usr/bin/perl") },
});
root.mount("cgis", cgiDirectory(`${folder}/cgi-bin`));
root.mount("doc", files(`${folder}/doc`));

const listener = await listen(process.argv[2] ?? "tcp:7777", httpServer(root));
console.log(`listening on http://${formatAddress(listener.address)}/`);
