import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import {
  compareDomainNames,
  DnsClass,
  type DnsMessage,
  type DnsRecord,
  type DnsRecordTypeName,
  DomainName,
  decodeDnsMessage,
  encodeDnsData,
  encodeDnsMessage,
  formatDnsData,
  formatMasterFile,
  parseDnsData,
  parseDnsRecord,
  parseDomainName,
  parseMasterFile,
  parseTsigKey,
  signDnsMessage,
  TsigStreamSigner,
  tsigAlgorithms,
  verifyDnsMessage,
} from "../index.ts";
import { dataOf, messagesOf, names, ordinaryTypes, recordsOf } from "./arbitraries.test.kit.ts";

const soak = process.env["HAWSER_SOAK"] === "1";
const messages = soak ? 100_000 : 3_000;
const seed = Number(process.env["HAWSER_SEED"] ?? 1);

/** Debian's Python, which has Debian's packages. */
const python = "/usr/bin/python3";

/** Answers each line of JSON with another. */
const program = `
import base64, json, sys
import dns.message, dns.name, dns.zone, dns.rdata, dns.rdatatype, dns.tsig, dns.tsigkeyring

def rdatas(m):
    return [(dns.rdatatype.to_text(r.rdtype), rd) for s in m.sections[1:] for r in s for rd in r]

def message(q):
    m = dns.message.from_wire(bytes.fromhex(q["wire"]), one_rr_per_rrset=True)
    return {"wire": m.to_wire(want_shuffle=False, max_size=65535).hex(), "data": [
        [rd.to_wire(origin=None).hex(), text_of(rd)] for t, rd in rdatas(m)]}

def text_of(rd):
    if isinstance(rd, dns.rdata.GenericRdata): return None
    try:
        return rd.to_text()
    except UnicodeDecodeError: # of a URI that is no UTF-8
        return None

def text(q):
    rd = dns.rdata.from_text("IN", q["type"], q["text"])
    return {"wire": rd.to_wire(origin=None).hex()}

def canonical(q):
    rd = dns.rdata.from_wire("IN", q["type"], bytes.fromhex(q["wire"]), 0, len(q["wire"]) // 2)
    return {"wire": rd.to_digestable().hex()}

def keyring(q):
    return dns.tsigkeyring.from_text({"k.example.": (q["algorithm"], "c2VjcmV0IHNlY3JldA==")})

def verify(q):
    m = dns.message.from_wire(bytes.fromhex(q["wire"]), keyring=keyring(q), request_mac=bytes.fromhex(q["mac"]))
    return {"signed": m.had_tsig, "mac": m.mac.hex()}

def sign(q):
    m = dns.message.from_wire(bytes.fromhex(q["wire"]))
    m.use_tsig(keyring(q), fudge=300, algorithm=q["algorithm"])
    m.request_mac = bytes.fromhex(q["mac"])
    return {"wire": m.to_wire().hex()}

def stream(q):
    ring, ctx, seen = keyring(q), None, []
    for wire in q["wires"]:
        m = dns.message.from_wire(bytes.fromhex(wire), keyring=ring, request_mac=bytes.fromhex(q["mac"]),
                                  xfr=True, tsig_ctx=ctx, multi=True)
        ctx = m.tsig_ctx
        seen.append(m.had_tsig)
    return {"seen": seen}

def records(z):
    return sorted([name.to_text(), ttl, dns.rdatatype.to_text(rd.rdtype), rd.to_wire(origin=None).hex()]
        for name, ttl, rd in z.iterate_rdatas())

def zone(q):
    z = dns.zone.from_text(q["text"], origin=q["origin"], relativize=False, check_origin=False)
    return {"records": records(z), "text": z.to_text(relativize=False, want_origin=True, nl="\\n")}

def order(q):
    names = [dns.name.from_wire(bytes.fromhex(n), 0)[0] for n in q["names"]]
    return {"names": [n.to_wire().hex() for n in sorted(names)]}

for line in sys.stdin:
    q = json.loads(line)
    try:
        a = globals()[q["do"]](q)
    except Exception as e:
        a = {"error": type(e).__name__ + ": " + str(e)}
    print(json.dumps(a), flush=True)
`;

type Answer = Readonly<Record<string, never>> & {
  readonly error?: string;
  readonly wire: string;
  readonly mac: string;
  readonly signed: boolean;
  readonly names: readonly string[];
  readonly seen: readonly boolean[];
  readonly text: string;
  readonly records: readonly (readonly [name: string, ttl: number, type: string, wire: string])[];
  readonly data: readonly (readonly [wire: string, text: string | null])[];
};

/** A running dnspython, asked one question after the other. */
class Peer implements AsyncDisposable {
  readonly #child: ChildProcess = spawn(python, ["-c", program], { stdio: ["pipe", "pipe", "inherit"] });
  readonly #lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();

  async ask(question: object): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("dnspython has ended");
    return JSON.parse(value) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin!.end();
    await new Promise((resolve) => this.#child.once("exit", resolve));
  }
}

function isAbsent(t: TestContext): boolean {
  const found = spawnSync(python, ["-c", "import dns.message"]).status === 0;
  if (!found) t.skip("python3-dnspython is not installed");
  return !found;
}

/** Classes other than IN have an A of their own there; and names lose their case, since it is not regarded in compression. */
function ofInternet(message: DnsMessage): DnsMessage {
  const records = (all: readonly DnsRecord[]) => lowered(all).map((record) => ({ ...record, class: DnsClass.in }));
  return {
    ...lowered(message),
    answers: records(message.answers),
    authorities: records(message.authorities),
    additionals: records(message.additionals),
  };
}

function lowered<T>(value: T): T {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (value instanceof DomainName) return parseDomainName(value.toString().toLowerCase()) as T;
  if (Array.isArray(value)) return value.map(lowered) as T;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, lowered(one)])) as T;
}

const hex = (octets: Uint8Array) => Buffer.from(octets).toString("hex");
const octetsOf = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

describe("dnspython", () => {
  test(`reads what we write, and we what it writes: ${messages} messages (HAWSER_SEED=${seed})`, {
    timeout: 3_600_000,
  }, async (t) => {
    if (isAbsent(t)) return;
    await using peer = new Peer();
    for (const one of fc.sample(messagesOf(ordinaryTypes, "records"), { seed, numRuns: messages })) {
      const message = ofInternet(one);
      const octets = encodeDnsMessage(message);
      const answer = await peer.ask({ do: "message", wire: hex(octets) });
      assert.equal(answer.error, undefined, hex(octets));
      assert.deepEqual(lowered(decodeDnsMessage(octetsOf(answer.wire))), message);
      checkData(message, answer.data);
    }
  });

  test("takes our text for what we take it for", { timeout: 3_600_000 }, async (t) => {
    if (isAbsent(t)) return;
    await using peer = new Peer();
    for (const type of Object.keys(dataOf) as DnsRecordTypeName[]) {
      if (unknownToThem.has(type)) continue;
      for (const data of fc.sample(dataOf[type] as fc.Arbitrary<never>, { seed, numRuns: soak ? 1_000 : 30 })) {
        const text = formatDnsData(type, data);
        if (isMisread(type, text)) continue;
        const wire = hex(encodeDnsData(type, data));
        const answer = await peer.ask({ do: "text", type, text });
        assert.deepEqual(answer, { wire }, `${type} ${text}`);
      }
    }
  });

  test("agrees on the canonical form and order (RFC 4034 §6)", { timeout: 3_600_000 }, async (t) => {
    if (isAbsent(t)) return;
    await using peer = new Peer();
    for (const type of canonicalTypes) {
      for (const data of fc.sample(dataOf[type] as fc.Arbitrary<never>, { seed, numRuns: 100 })) {
        const answer = await peer.ask({ do: "canonical", type, wire: hex(encodeDnsData(type, data)) });
        assert.equal(answer.wire, hex(encodeDnsData(type, data, "canonical")), type);
      }
    }
    const some = [...new Map(fc.sample(names, { seed, numRuns: 2_000 }).map((name) => [name.key, name])).values()];
    const sorted = await peer.ask({ do: "order", names: some.map((name) => hex(name.toOctets())) });
    assert.deepEqual(
      some.sort(compareDomainNames).map((name) => hex(name.toOctets())),
      sorted.names,
    );
  });

  test("verifies a stream of messages that we sign, in its order only", async (t) => {
    if (isAbsent(t)) return;
    await using peer = new Peer();
    const key = parseTsigKey("hmac-sha256:k.example.:c2VjcmV0IHNlY3JldA==");
    const mac = new Uint8Array(32).fill(7);
    const signer = new TsigStreamSigner(key, mac);
    const wires = Array.from({ length: 5 }, (_, i) =>
      hex(
        signer.sign(
          encodeDnsMessage({ id: 1, response: true, answers: [parseDnsRecord(`a${i}. A 192.0.2.1`)] }),
          Date.now() / 1000,
        ),
      ),
    );
    const question = { do: "stream", wires, mac: hex(mac), algorithm: "hmac-sha256" };
    assert.deepEqual(await peer.ask(question), { seen: [true, true, true, true, true] });
    const swapped = await peer.ask({ ...question, wires: [wires[0], wires[2], wires[1]] });
    assert.match(swapped.error ?? "", /BadSignature/);
  });

  test("reads the master files that we write, and we those that it writes", { timeout: 3_600_000 }, async (t) => {
    if (isAbsent(t)) return;
    await using peer = new Peer();
    const origin = parseDomainName("example.org");
    const zones = fc.array(recordsOf(["A", "AAAA", "CAA", "MX", "NS", "SRV", "TXT"]), { minLength: 1, maxLength: 8 });
    for (const records of fc.sample(zones, { seed, numRuns: soak ? 5_000 : 200 })) {
      const zone = lowered(records).map((one) => ({
        ...one,
        class: DnsClass.in,
        name: below(one.name, origin),
        ttl: 60,
      }));
      const text = formatMasterFile(zone, { origin });
      if (isMisread("", text)) continue;
      const theirs = await peer.ask({ do: "zone", text, origin: "example.org." });
      assert.deepEqual(theirs.records, rowsOf(zone), text);
      assert.deepEqual(rowsOf(parseMasterFile(theirs.text, { origin })), theirs.records);
    }
  });

  test("makes the same of $GENERATE", async (t) => {
    if (isAbsent(t)) return;
    await using peer = new Peer();
    const origin = parseDomainName("example.org");
    const lines = [
      "1-20/3 h$ A 192.0.2.$",
      "0-3 ${10,4,d} CNAME ${0,3,x}.b",
      "8-12 h${-8,2,o} 5 IN A 10.0.0.1",
      "250-255 $ PTR x${0,2,X}",
    ];
    for (const line of lines) {
      const text = `$TTL 60\n$GENERATE ${line}\n`;
      const theirs = await peer.ask({ do: "zone", text, origin: "example.org." });
      assert.deepEqual(rowsOf(parseMasterFile(text, { origin })), theirs.records, theirs.error);
    }
  });

  for (const algorithm of Object.keys(tsigAlgorithms)) {
    test(`verifies what we sign with ${algorithm}, and we what it signs`, async (t) => {
      if (isAbsent(t)) return;
      await using peer = new Peer();
      const key = parseTsigKey(`${algorithm}:k.example.:c2VjcmV0IHNlY3JldA==`);
      const name = String(key.algorithm.name);
      const now = Date.now() / 1000;
      const message = {
        id: 77,
        questions: [{ name: parseDomainName("Example.org"), type: "SOA", class: 1 }],
        edns: {},
      } as const;
      const request = signDnsMessage(encodeDnsMessage(message), key, { now });
      assert.deepEqual(await peer.ask({ do: "verify", wire: hex(request.octets), mac: "", algorithm: name }), {
        signed: true,
        mac: hex(request.mac),
      });
      const answer = signDnsMessage(encodeDnsMessage({ ...message, response: true }), key, {
        now,
        priorMac: request.mac,
      });
      const verified = await peer.ask({
        do: "verify",
        wire: hex(answer.octets),
        mac: hex(request.mac),
        algorithm: name,
      });
      assert.equal(verified.signed, true, verified.error);
      const theirs = await peer.ask({
        do: "sign",
        wire: hex(encodeDnsMessage({ ...message, response: true })),
        mac: hex(request.mac),
        algorithm: name,
      });
      const verdict = verifyDnsMessage(octetsOf(theirs.wire), { key: () => key, now, priorMac: request.mac });
      assert.equal(verdict.type, "good", theirs.error);
    });
  }
});

/** Every record's data alone: as octets, and as their text. */
function checkData(message: DnsMessage, theirs: Answer["data"]): void {
  const records = [...message.answers, ...message.authorities, ...message.additionals] as readonly DnsRecord[];
  assert.equal(theirs.length, records.length);
  for (const [i, { type, data }] of records.entries()) {
    const [wire, text] = theirs[i]!;
    assert.equal(wire, hex(encodeDnsData(type, data)), type);
    if (text === null || isMiswritten(type, text)) continue;
    assert.equal(hex(encodeDnsData(type, parseDnsData(type as DnsRecordTypeName, text))), wire, `${type} ${text}`);
  }
}

/** A zone has names below its origin only. */
function below(name: DomainName, origin: DomainName): DomainName {
  if (name.isWithin(origin)) return name;
  const text = `${name.isRoot || name.octetCount > 200 ? "a." : name}${origin}`;
  return parseDomainName(text);
}

/** Each record once, in dnspython's order. */
function rowsOf(records: readonly DnsRecord[]): Answer["records"] {
  const rows = records.map(
    ({ name, ttl, type, data }) => [String(name), ttl, type, hex(encodeDnsData(type, data))] as const,
  );
  const unique = new Map(rows.map((row) => [JSON.stringify(row), row]));
  return [...unique.values()].sort(compareRows);
}

function compareRows(a: Answer["records"][number], b: Answer["records"][number]): number {
  for (const [i, value] of a.entries()) {
    if (value !== b[i]) return value < b[i]! ? -1 : 1;
  }
  return 0;
}

/** Types that dnspython takes for octets, and TSIG, which it has no text for. */
const unknownToThem = new Set<DnsRecordTypeName>(["MB", "MD", "MF", "MG", "MINFO", "MR", "NULL", "RESINFO", "TSIG"]);

const canonicalTypes: readonly DnsRecordTypeName[] = [
  "A",
  "AFSDB",
  "CNAME",
  "DNAME",
  "DNSKEY",
  "HINFO",
  "KX",
  "MX",
  "NAPTR",
  "NS",
  "NSEC",
  "PTR",
  "PX",
  "RP",
  "RRSIG",
  "RT",
  "SOA",
  "SRV",
  "TXT",
];

/**
 * What dnspython reads otherwise: it takes `\\200` for a character, and writes it in UTF-8, in all but the data of TXT; cuts
 * centimetres that a float cannot hold; and takes a list of SVCB for text that was escaped as a string is.
 */
function isMisread(type: string, text: string): boolean {
  if (type === "LOC") return /\.(?!00)\d\dm/.test(text);
  if (type === "SVCB" || type === "HTTPS") return /alpn="?[^"]*\\/.test(text);
  return !["AVC", "SPF", "TXT"].includes(type) && /\\(12[89]|1[3-9]\d|2\d\d)/.test(text);
}

/** What dnspython writes otherwise: it escapes nothing in a URI, and lists of SVCB twice as text is. */
function isMiswritten(type: string, text: string): boolean {
  if (type === "URI") return !/^\d+ \d+ "[\x20!#-[\]-~]*"$/.test(text);
  return (type === "SVCB" || type === "HTTPS") && isMisread(type, text);
}
