/** Asks a server over UDP, a fixed number of questions at once, and prints how many it answered. */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { encodeDnsMessage, formatDnsRcode, parseDnsType, parseDomainName } from "@hawser/dns";

interface Job {
  readonly port: number;
  readonly seconds: number;
  readonly outstanding: number;
  readonly rcode: string;
  readonly questionsFile: string;
}

const job = JSON.parse(process.argv[2]!) as Job;
const questions = readFileSync(job.questionsFile, "utf8").trim().split("\n");
const messages = questions.map((line) => {
  const [name, type] = line.split(" ");
  const question = { name: parseDomainName(name!), type: parseDnsType(type!), class: 1 };
  return encodeDnsMessage({ questions: [question], recursionDesired: true });
});
const socket = createSocket("udp4");
let sent = 0;
let received = 0;

/** The id counts the questions, so that an answer can be told from another. */
function ask(): void {
  const message = messages[sent % messages.length]!;
  message[0] = sent >> 8;
  message[1] = sent;
  sent++;
  socket.send(Uint8Array.from(message));
}

socket.on("message", (answer) => {
  const rcode = formatDnsRcode(answer[3]! & 15);
  if (rcode !== job.rcode || (job.rcode === "NOERROR" && answer.readUInt16BE(6) === 0))
    throw new Error(`Wrong answer: ${rcode} for ${job.rcode}`);
  received++;
  ask();
});
socket.connect(job.port, "127.0.0.1", () => {
  const startedAt = performance.now();
  for (let i = 0; i < job.outstanding; i++) ask();
  setTimeout(() => {
    const seconds = (performance.now() - startedAt) / 1_000;
    if (sent - received > job.outstanding) throw new Error(`${sent - received} answers are missing`);
    process.stdout.write(JSON.stringify({ operations: received, seconds }));
    process.exit(0);
  }, job.seconds * 1_000);
});
