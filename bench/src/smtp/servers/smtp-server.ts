import { SMTPServer } from "smtp-server";

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["AUTH", "STARTTLS"],
  disableReverseLookup: true,
  onData(stream, _session, done) {
    let octets = 0;
    stream.on("data", (chunk: Buffer) => {
      octets += chunk.length;
    });
    stream.on("end", () => done(null, `Took ${octets}`));
  },
});
const listening = server.listen(0, "127.0.0.1", () => {
  const address = listening.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`listening ${address.port}\n`);
});
