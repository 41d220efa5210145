// An application written for the Fetch Standard, unchanged, on Hawser's engine.     curl 127.0.0.1:8080/users/7
import { formatAddress, listen } from "@hawser/core";
import { fetchHandler, httpServer } from "@hawser/web";
import { Hono } from "hono";

const app = new Hono();
app.get("/users/:id", (context) => context.json({ id: Number(context.req.param("id")) }));
app.post("/echo", async (context) => context.text(await context.req.text()));

const listener = await listen(process.argv[2] ?? "tcp:8080:interface=127.0.0.1", httpServer(fetchHandler(app.fetch)));
console.log(`listening on http://${formatAddress(listener.address)}/`);
