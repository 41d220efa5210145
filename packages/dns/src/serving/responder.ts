import { type Address, type Reactor, reportFault } from "@hawser/core";
import { DnsProtocolError } from "../errors.ts";
import { dnsMessageOctetsMax, dnsNameOctetsMax, dnsUdpPayloadOctets } from "../limits.ts";
import { DnsAnswerWriter, type DnsEncodedSet } from "../message/answer.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import { type DnsQuery, decodeDnsQuery, isDnsQuery } from "../message/query.ts";
import { DnsRcode } from "../words.ts";
import type { DnsAnswerer } from "./plugin.ts";
import { bareResponse, type DnsReply, type DnsResponse, type DnsTransfer, dnsResponse } from "./reply.ts";
import type { DnsRequest, DnsTransport } from "./request.ts";

/** Where a request came from, and its answer goes. */
export interface DnsAsker {
  readonly peer: Address;
  readonly transport: DnsTransport;
  readonly signal: AbortSignal;
  /** Sends one message. */
  send(octets: Uint8Array): void;
  /** Resolves when there is room for more; absent where one message is all there can be. */
  hasRoom?(): Promise<void>;
}

/** Octets of a message of a transfer: more would not compress better, and pointers reach no further (RFC 1035 §4.1.4). */
const transferOctetsMax = 16_384;

/** Reads requests, has them answered and writes the answers, for every transport alike. */
export class DnsResponder {
  readonly #reactor: Reactor;
  readonly #answerer: DnsAnswerer;
  readonly #writer = new DnsAnswerWriter();

  constructor(reactor: Reactor, answerer: DnsAnswerer) {
    this.#reactor = reactor;
    this.#answerer = answerer;
  }

  /** Answers one message, at once when its answer is at hand. What is no request is dropped (RFC 1035 §7.3). */
  receive(octets: Uint8Array, asker: DnsAsker): void | Promise<void> {
    if (!isDnsQuery(octets)) return;
    const request = this.#request(octets, asker);
    if (request === undefined) return asker.send(formatError(octets));
    if ((request.query.edns?.version ?? 0) > 0) return this.#write(request, bareResponse(DnsRcode.badVers), asker);
    try {
      const reply = this.#answerer(request);
      if (!(reply instanceof Promise)) return this.#send(request, reply, asker);
      return reply.then((late) => this.#send(request, late, asker)).catch((error) => this.#fail(request, error, asker));
    } catch (error) {
      this.#fail(request, error, asker);
    }
  }

  #request(octets: Uint8Array, { peer, transport, signal }: DnsAsker): DnsRequest | undefined {
    const query = readQuery(octets);
    if (query === undefined) return undefined;
    const octetsMax =
      transport === "udp" ? Math.min(query.edns?.udpPayloadOctets ?? 0, dnsUdpPayloadOctets) : dnsMessageOctetsMax;
    const arrivedAt = this.#reactor.clock.wall();
    return { query, peer, transport, octetsMax, tsigKey: undefined, arrivedAt, signal };
  }

  #send(request: DnsRequest, reply: DnsReply, asker: DnsAsker): void | Promise<void> {
    if (reply.type === "response") return this.#write(request, reply, asker);
    if (reply.type === "transfer") return this.#transfer(request, reply, asker);
  }

  #fail(request: DnsRequest, error: unknown, asker: DnsAsker): void {
    if (asker.signal.aborted) return;
    reportFault(error, "dnsServer");
    this.#write(request, bareResponse(DnsRcode.servFail), asker);
  }

  #write(request: DnsRequest, response: DnsResponse, asker: DnsAsker): void {
    const writer = this.#writer;
    this.#begin(request, response);
    for (const set of response.answers) if (!writer.add("answer", set)) return asker.send(writer.finish());
    for (const set of response.authorities) if (!writer.add("authority", set)) return asker.send(writer.finish());
    response.additionals.forEach((set, index) => {
      if (!writer.add("additional", set) && index < response.requiredAdditionals) writer.truncate();
    });
    asker.send(writer.finish());
  }

  #begin({ query, octetsMax }: DnsRequest, response: DnsResponse): void {
    const { rcode, authoritative, recursionAvailable, authenticData, options } = response;
    const edns = query.edns && { dnssecOk: query.edns.dnssecOk, options };
    this.#writer.begin(query, { rcode, authoritative, recursionAvailable, authenticData, octetsMax, edns });
  }

  /** One message after the other; over UDP one, or the first set alone (RFC 1995 §2). */
  async #transfer(request: DnsRequest, { sets }: DnsTransfer, asker: DnsAsker): Promise<void> {
    const { signal, hasRoom } = asker;
    for await (const octets of this.#messagesOf(request, sets)) {
      if (signal.aborted) return;
      asker.send(octets);
      await hasRoom?.();
    }
  }

  async *#messagesOf(request: DnsRequest, sets: DnsTransfer["sets"]): AsyncGenerator<Uint8Array, void> {
    const isStream = request.transport !== "udp";
    const octetsMax = isStream ? transferOctetsMax : request.octetsMax;
    const head = dnsResponse({ authoritative: true });
    let records: DnsEncodedSet[] = [];
    let octetsLeft = octetsMax - dnsNameOctetsMax - ednsOctetsMax;
    for await (const record of singleRecords(sets)) {
      const octets = record.name.octetCount + recordHeadOctets + record.data[0]!.length;
      if (octets > octetsLeft && records.length > 0) {
        if (!isStream) return yield this.#messageOf(request, { ...head, answers: records.slice(0, 1) });
        yield this.#messageOf(request, { ...head, answers: records });
        records = [];
        octetsLeft = octetsMax - dnsNameOctetsMax - ednsOctetsMax;
      }
      octetsLeft -= octets;
      records.push(record);
    }
    if (records.length > 0) yield this.#messageOf(request, { ...head, answers: records });
  }

  #messageOf(request: DnsRequest, response: DnsResponse): Uint8Array {
    this.#begin(request, response);
    for (const set of response.answers) this.#writer.add("answer", set);
    return this.#writer.finish();
  }
}

/** Sets may be larger than a message; their records are not. */
async function* singleRecords(sets: DnsTransfer["sets"]): AsyncGenerator<DnsEncodedSet, void> {
  for await (const set of sets) for (const octets of set.data) yield { ...set, data: [octets] };
}

/** Type, class, TTL and length of a record (RFC 1035 §3.2.1). */
const recordHeadOctets = 10;

/** Room for an OPT record with the options that answers of ours have. */
const ednsOctetsMax = 128;

function readQuery(octets: Uint8Array): DnsQuery | undefined {
  try {
    const query = decodeDnsQuery(octets);
    if (!query.isPlain) query.message(); // a fault behind the question is a fault
    return query;
  } catch (error) {
    if (error instanceof DnsProtocolError) return undefined;
    throw error;
  }
}

/** What cannot be read has its id and its opcode at least (RFC 1035 §4.1.1). */
function formatError(octets: Uint8Array): Uint8Array {
  const id = (octets[0]! << 8) | octets[1]!;
  return encodeDnsMessage({ id, response: true, opcode: (octets[2]! >> 3) & 15, rcode: DnsRcode.formErr });
}
