import fastifyStatic from "@fastify/static";
import { fastify } from "fastify";

const app = fastify({ keepAliveTimeout: 120_000 });
app.get("/hello", (_request, reply) => {
  reply.header("content-type", "text/plain; charset=utf-8").send("Hello, world!");
});
await app.register(fastifyStatic, { root: process.env["BENCH_FILES"]!, prefix: "/files/" });
await app.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
const [address] = app.addresses();
if (typeof address === "object") process.stdout.write(`listening ${address.port}\n`);
