import { listen } from "@hawser/core";
import { files, folder, httpServer, text } from "@hawser/web";

const root = folder().mount("hello", () => text("Hello, world!"));
root.mount("files", files(process.env["BENCH_FILES"]!));
const listener = await listen(
  "tcp:0:interface=127.0.0.1",
  httpServer(root, { limits: { requestsMax: Number.MAX_SAFE_INTEGER } }),
);
if (listener.address.family === "ipv4") process.stdout.write(`listening ${listener.address.port}\n`);
