import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { ipAddress } from "@hawser/core";
import { SeededRandom } from "@hawser/core/simulation";
import { decodeDnsMessage } from "../../message/decode.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import type { DnsMessage } from "../../message/message.ts";
import { decodeDnsQuery } from "../../message/query.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { formatDnsRecord } from "../../records/text.ts";
import { refuseAll } from "../../serving/plugin.ts";
import { dnsResponse } from "../../serving/reply.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import {
  eventually,
  freePort,
  needsPrograms,
  startDaemon,
  temporaryFolder,
  writeIn,
} from "../../transfer/interop/daemons.test.kit.ts";
import { DnsClass, formatDnsRcode } from "../../words.ts";
import { zone } from "../loading/check-zone.ts";
import { ZoneTable } from "../zone-table.ts";
import { zonesPlugin } from "../zones-plugin.ts";
import { oddNames, oddTypes, oddZones } from "./odd-zones.test.kit.ts";

interface Question {
  readonly name: string;
  readonly type: string;
}

/** An answer as it is compared: order and letters' case make no difference, nor repetitions. */
interface Told {
  readonly rcode: string;
  readonly answers: readonly string[];
  readonly authorities: readonly string[];
  readonly additionals: readonly string[];
}

const table = new ZoneTable(Object.entries(oddZones).map(([origin, text]) => zone(origin, [text])));
const answerer = zonesPlugin(table).wrap(refuseAll);

/** All names with all types, in a random order. */
function questions(): readonly Question[] {
  const random = new SeededRandom("odd");
  const all = oddNames().flatMap((name) => oddTypes.map((type) => ({ name, type })));
  return all
    .map((question) => [random.number(), question] as const)
    .sort(([a], [b]) => a - b)
    .map(([, question]) => question);
}

test("BIND answers as we do, from the same zones", async (context) => {
  if (!needsPrograms(context, "named")) return;
  const port = await startBind(context);
  await compare(context, port, (ours, theirs) => {
    const isReferral = ours.authorities.some((line) => / in ns /.test(line));
    const mayLack = (line: string): boolean => isReferral && !theirs.additionals.includes(line); // addresses that are no glue
    assert.deepEqual({ ...ours, additionals: ours.additionals.filter((line) => !mayLack(line)) }, theirs);
  });
});

test("NSD answers as we do, from the same zones", async (context) => {
  if (!needsPrograms(context, "nsd")) return;
  const port = await startNsd(context);
  await compare(context, port, ({ rcode, answers, authorities }, theirs) => {
    assert.deepEqual(
      { rcode, answers, authorities },
      { rcode: theirs.rcode, answers: theirs.answers, authorities: theirs.authorities },
    );
  });
});

/**
 * Others end chains elsewhere: BIND where another zone begins, and with SERVFAIL where a chain comes round; NSD when it meets a
 * DNAME twice. What they tell until then must be what we tell.
 */
function endsEarly(ours: Told, theirs: Told): boolean {
  const isChain = theirs.answers.length > 0 && theirs.answers.every((line) => / in (cname|dname) /.test(line));
  const [longer, shorter] = [ours.answers, theirs.answers].sort((a, b) => b.length - a.length) as [string[], string[]];
  const isBare = theirs.rcode === "NOERROR" && theirs.authorities.length === 0; // nothing about where the chain leads
  const isEnded = ours.answers.length > theirs.answers.length || theirs.rcode === "SERVFAIL" || isBare;
  return isChain && isEnded && shorter.every((line) => longer.includes(line));
}

async function compare(context: TestContext, port: number, check: (ours: Told, theirs: Told) => void): Promise<void> {
  const asked = questions();
  const replies = await askAll(port, asked);
  let early = 0;
  const differing = new Map<string, string>();
  for (const [index, question] of asked.entries()) {
    const [ours, theirs] = [ourAnswer(question), toldBy(replies[index]!)];
    try {
      check(ours, theirs);
    } catch {
      if (endsEarly(ours, theirs)) {
        early++;
        continue;
      }
      const text = `${JSON.stringify(ours, null, 1)}\n--- theirs\n${JSON.stringify(theirs, null, 1)}`;
      differing.set(`${question.name} ${question.type}`, text);
    }
  }
  context.diagnostic(`${asked.length} questions, ${early} of them about chains that they end earlier`);
  assert.ok(early < asked.length / 10);
  const shown = [...differing]
    .slice(0, Number(process.env["SHOW"] ?? 5))
    .map(([question, text]) => `${question}\n${text}`);
  assert.equal(differing.size, 0, shown.join("\n\n"));
}

function messageOf({ name, type }: Question, id = 1): Uint8Array {
  const question = { name: parseDomainName(name), type: type as "A", class: DnsClass.in };
  return encodeDnsMessage({ id, questions: [question] });
}

function ourAnswer(question: Question): Told {
  const { signal } = new AbortController();
  const query = decodeDnsQuery(messageOf(question));
  const peer = ipAddress("127.0.0.1", 5353);
  const reply = answerer({
    query,
    peer,
    transport: "tcp",
    octetsMax: 65_535,
    tsigKey: undefined,
    arrivedAt: 0,
    signal,
  });
  assert.ok(!(reply instanceof Promise) && reply.type === "response");
  const { rcode, answers, authorities, additionals } = dnsResponse(reply);
  const records = (sets: typeof answers): readonly DnsRecord[] => sets.flatMap(decodeDnsSet);
  return told(rcode, records(answers), records(authorities), records(additionals));
}

function toldBy({ rcode, answers, authorities, additionals }: DnsMessage): Told {
  return told(rcode, answers, authorities, additionals);
}

function told(rcode: number, ...sections: readonly (readonly DnsRecord[])[]): Told {
  const [answers = [], authorities = [], additionals = []] = sections.map((records) =>
    [...new Set(records.map((record) => formatDnsRecord(record).toLowerCase()))].sort(),
  );
  return { rcode: formatDnsRcode(rcode), answers, authorities, additionals };
}

/** Asks everything over one connection, a hundred questions ahead. */
async function askAll(port: number, asked: readonly Question[]): Promise<readonly DnsMessage[]> {
  const socket = connect(port, "127.0.0.1");
  const replies: DnsMessage[] = [];
  let [sent, received, kept] = [0, 0, Buffer.alloc(0)];
  const send = (): void => {
    for (; sent < asked.length && sent < received + 100; sent++) {
      const octets = messageOf(asked[sent]!, sent % 65_536);
      socket.write(Buffer.concat([Uint8Array.of(octets.length >> 8, octets.length), octets]));
    }
  };
  send();
  for await (const chunk of socket) {
    kept = Buffer.concat([kept, chunk as Buffer]);
    for (; kept.length >= 2 && kept.length >= 2 + kept.readUInt16BE(0); received++) {
      const end = 2 + kept.readUInt16BE(0);
      const message = decodeDnsMessage(kept.subarray(2, end));
      replies[message.id] = message;
      kept = kept.subarray(end);
    }
    if (received === asked.length) break;
    send();
  }
  socket.destroy();
  return replies;
}

async function startBind(context: TestContext): Promise<number> {
  const [folder, port] = [await temporaryFolder(context), await freePort()];
  const zones = await zoneLines(
    folder,
    (origin, path) => `zone "${origin}" { type primary; file "${path}"; check-names ignore; };`,
  );
  const config = `options {
  directory "${folder}"; pid-file none; session-keyfile "${folder}/session.key"; lock-file none;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no; minimal-responses no-auth; minimal-any no; zero-no-soa-ttl no;
  managed-keys-directory "${folder}"; bindkeys-file "${folder}/none"; empty-zones-enable no;
};
controls { };
${zones}`;
  const words = ["-g", "-c", await writeIn(folder, "named.conf", config), "-n", "1"];
  return await answering(context, folder, "named", words, port);
}

async function startNsd(context: TestContext): Promise<number> {
  const [folder, port] = [await temporaryFolder(context), await freePort()];
  const zones = await zoneLines(folder, (origin, path) => `zone:\n  name: "${origin}"\n  zonefile: "${path}"`);
  const config = `server:
  ip-address: 127.0.0.1@${port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  pidfile: "${folder}/nsd.pid"
  cookie-secret-file: ""
  minimal-responses: yes
remote-control:
  control-enable: no
${zones}`;
  const words = ["-d", "-c", await writeIn(folder, "nsd.conf", config), "-P", `${folder}/nsd.pid`];
  return await answering(context, folder, "nsd", words, port);
}

async function zoneLines(folder: string, line: (origin: string, path: string) => string): Promise<string> {
  const lines = Object.entries(oddZones).map(async ([origin, text]) =>
    line(origin, await writeIn(folder, origin, text)),
  );
  return (await Promise.all(lines)).join("\n");
}

async function answering(
  context: TestContext,
  folder: string,
  program: string,
  words: readonly string[],
  port: number,
): Promise<number> {
  const daemon = startDaemon(context, folder, program, words);
  const isUp = async (): Promise<boolean> => {
    const [message] = await askAll(port, [{ name: "example.net.", type: "SOA" }]).catch(() => []);
    return message?.rcode === 0 && message.answers.length > 0;
  };
  await eventually(`${program} answers`, isUp, daemon.log);
  return port;
}
