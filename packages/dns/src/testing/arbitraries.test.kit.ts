import { formatIp } from "@hawser/core";
import fc from "fast-check";
import {
  DnsClass,
  type DnsMessage,
  type DnsRecord,
  type DnsRecordData,
  type DnsRecordTypeName,
  DnsType,
  type DomainName,
  dnsTypeName,
  type EdnsOption,
  parseDomainName,
  rootName,
} from "../index.ts";

type Arbitrary<T> = fc.Arbitrary<T>;
type Shape<T> = { readonly [Key in keyof T]-?: Arbitrary<T[Key]> };

/** Plain objects, as decoding gives them. */
const record = <T>(shape: Shape<T>): Arbitrary<T> =>
  fc.record(shape as never, { noNullPrototype: true }) as Arbitrary<T>;
const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

const octets = (minLength: number, maxLength: number): Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array));
const latin1 = (maxLength: number, minLength = 0): Arbitrary<string> =>
  fc.string({
    unit: fc.oneof({ weight: 4, arbitrary: letter }, { weight: 1, arbitrary: anyOctet }),
    minLength,
    maxLength,
  });
const letter = fc.constantFrom(..."abcxyzABC0189-_");
const anyOctet = uint8.map((code) => String.fromCharCode(code));

const ordinaryName = fc
  .array(fc.constantFrom("www", "mail", "Example", "example", "org", "NS1", "_tcp", "*", "a"), { maxLength: 5 })
  .map((labels) => parseDomainName(`${labels.join(".")}.`.replace(/^\.+/, ".")));
const oddName = fc
  .array(latin1(12, 1), { minLength: 1, maxLength: 6 })
  .map((labels) => labels.reduceRight<DomainName>((name, label) => name.child(label), rootName));
const longName = fc
  .array(latin1(63, 50), { minLength: 3, maxLength: 3 })
  .map((labels) => labels.reduceRight<DomainName>((name, label) => name.child(label), rootName));

/** Names that share their ends, names with any octets in them, and long ones. */
export const names: Arbitrary<DomainName> = fc.oneof(
  { weight: 12, arbitrary: ordinaryName },
  { weight: 3, arbitrary: oddName },
  { weight: 1, arbitrary: longName },
);

const string = fc.oneof({ weight: 9, arbitrary: latin1(20) }, { weight: 1, arbitrary: latin1(255) });
const strings = fc.array(string, { minLength: 1, maxLength: 4 });
const ipv4 = octets(4, 4).map(formatIp);
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), uint8), { minLength: 16, maxLength: 16 })
  .map((array) => formatIp(Uint8Array.from(array)));
const bitmap = fc
  .uniqueArray(fc.oneof(fc.integer({ min: 1, max: 260 }), fc.integer({ min: 300, max: 0xffff })), { maxLength: 8 })
  .map((numbers) => numbers.sort((a, b) => a - b).map(dnsTypeName) as readonly string[]);
const typeName = fc.oneof(fc.constantFrom(1, 2, 15, 28, 257), uint16).map((number) => dnsTypeName(number) as string);
const hexOf = (array: Uint8Array): string => Buffer.from(array).toString("hex");
const eui = (count: number): Arbitrary<string> =>
  octets(count, count).map((array) => hexOf(array).match(/../g)!.join("-"));
const groups = octets(8, 8).map((array) => hexOf(array).match(/.{4}/g)!.join(":"));
const locSize = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }))
  .map(([digit, power]) => digit * 10 ** power);
const aplItem = fc.oneof(
  record({ negated: fc.boolean(), family: fc.constant(1), address: ipv4, prefix: fc.integer({ min: 0, max: 32 }) }),
  record({ negated: fc.boolean(), family: fc.constant(2), address: ipv6, prefix: fc.integer({ min: 0, max: 128 }) }),
);
const targeted = record({ target: names });
const text = record({ strings });
/** Digests have the length of their type, which some peers check. */
const digest = fc.oneof(
  ...[
    [1, 20],
    [2, 32],
    [4, 48],
    [200, 7],
  ].map(([digestType, length]) =>
    record({
      keyTag: uint16,
      algorithm: uint8,
      digestType: fc.constant(digestType!),
      digest: octets(length!, length!),
    }),
  ),
);
const key = record({ flags: uint16, protocol: fc.constant(3), algorithm: uint8, publicKey: octets(1, 64) });
const association = record({ usage: uint8, selector: uint8, matchingType: uint8, association: octets(1, 40) });
const svcb: Arbitrary<DnsRecordData["SVCB"]> = record({
  priority: uint16,
  target: names,
  params: fc.record(
    {
      alpn: fc.array(latin1(8, 1), { minLength: 1, maxLength: 3 }),
      port: uint16,
      ipv4hint: fc.array(ipv4, { minLength: 1, maxLength: 3 }),
      ech: octets(1, 12),
      ipv6hint: fc.array(ipv6, { minLength: 1, maxLength: 3 }),
      others: fc
        .uniqueArray(fc.tuple(fc.integer({ min: 100, max: 65_534 }), octets(0, 8)), {
          selector: ([k]) => k,
          minLength: 1,
          maxLength: 3,
        })
        .map((all) => all.sort(([a], [b]) => a - b).map(([k, o]) => ({ key: k, octets: o }))),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
}).map((data) => (data.priority === 0 ? { ...data, params: {} } : data));

/** For each type of records, any data that it can have and that come out of text and wire as they went in. */
export const dataOf: { readonly [Type in DnsRecordTypeName]: Arbitrary<DnsRecordData[Type]> } = {
  A: record({ address: ipv4 }),
  NS: record({ nameServer: names }),
  MD: targeted,
  MF: targeted,
  CNAME: targeted,
  SOA: record({
    primary: names,
    mailbox: names,
    serial: uint32,
    refreshSeconds: uint32,
    retrySeconds: uint32,
    expireSeconds: uint32,
    minimumSeconds: uint32,
  }),
  MB: targeted,
  MG: targeted,
  MR: targeted,
  NULL: record({ octets: octets(0, 20) }),
  WKS: record({
    address: ipv4,
    protocol: uint8,
    ports: fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { maxLength: 5 }).map((all) => all.sort((a, b) => a - b)),
  }),
  PTR: targeted,
  HINFO: record({ cpu: string, os: string }),
  MINFO: record({ responsible: names, errors: names }),
  MX: record({ preference: uint16, exchange: names }),
  TXT: text,
  RP: record({ mailbox: names, text: names }),
  AFSDB: record({ subtype: uint16, host: names }),
  X25: record({ address: fc.stringMatching(/^\d{4,15}$/) }),
  ISDN: record({ address: string, subaddress: fc.option(latin1(20, 1), { nil: undefined }) }),
  RT: record({ preference: uint16, host: names }),
  PX: record({ preference: uint16, map822: names, mapX400: names }),
  GPOS: record({
    longitude: fc.constantFrom("-32.6882", "80.0", "0"),
    latitude: fc.constantFrom("16.8652", "-90.0", "0"),
    altitude: fc.constantFrom("10.0", "-5"),
  }),
  AAAA: record({ address: ipv6 }),
  LOC: record({
    latitudeMilliArcSeconds: fc.integer({ min: -324_000_000, max: 324_000_000 }),
    longitudeMilliArcSeconds: fc.integer({ min: -648_000_000, max: 648_000_000 }),
    altitudeCm: fc.integer({ min: -10_000_000, max: 4_284_967_295 }),
    sizeCm: locSize,
    horizontalPrecisionCm: locSize,
    verticalPrecisionCm: locSize,
  }),
  SRV: record({ priority: uint16, weight: uint16, port: uint16, target: names }),
  NAPTR: record({
    order: uint16,
    preference: uint16,
    flags: string,
    services: string,
    regexp: string,
    replacement: names,
  }),
  KX: record({ preference: uint16, exchanger: names }),
  CERT: record({ certificateType: uint16, keyTag: uint16, algorithm: uint8, certificate: octets(1, 40) }),
  DNAME: targeted,
  APL: record({ items: fc.array(aplItem, { maxLength: 4 }) }),
  DS: digest,
  SSHFP: record({ algorithm: uint8, fingerprintType: uint8, fingerprint: octets(1, 32) }),
  IPSECKEY: record({
    precedence: uint8,
    algorithm: uint8,
    gateway: fc.oneof(fc.constant(undefined), ipv4, ipv6, names),
    publicKey: octets(1, 32),
  }),
  RRSIG: record({
    typeCovered: typeName,
    algorithm: uint8,
    labels: uint8,
    originalTtl: uint32,
    expiration: uint32,
    inception: uint32,
    keyTag: uint16,
    signer: names,
    signature: octets(1, 64),
  }),
  NSEC: record({ next: names, types: bitmap }),
  DNSKEY: key,
  DHCID: record({ digest: octets(1, 36) }),
  NSEC3: record({
    hashAlgorithm: uint8,
    flags: uint8,
    iterations: uint16,
    salt: octets(0, 8),
    next: octets(20, 20),
    types: bitmap,
  }),
  NSEC3PARAM: record({ hashAlgorithm: uint8, flags: uint8, iterations: uint16, salt: octets(0, 8) }),
  TLSA: association,
  SMIMEA: association,
  HIP: record({
    algorithm: uint8,
    tag: octets(1, 16),
    publicKey: octets(1, 40),
    rendezvousServers: fc.array(names, { maxLength: 2 }),
  }),
  CDS: digest,
  CDNSKEY: key,
  OPENPGPKEY: record({ publicKey: octets(1, 64) }),
  CSYNC: record({ soaSerial: uint32, flags: uint16, types: bitmap }),
  ZONEMD: record({ serial: uint32, scheme: fc.constant(1), hashAlgorithm: fc.constant(1), digest: octets(48, 48) }),
  SVCB: svcb,
  HTTPS: svcb,
  SPF: text,
  NID: record({ preference: uint16, nodeId: groups }),
  L32: record({ preference: uint16, locator: ipv4 }),
  L64: record({ preference: uint16, locator: groups }),
  LP: record({ preference: uint16, target: names }),
  EUI48: record({ address: eui(6) }),
  EUI64: record({ address: eui(8) }),
  TKEY: record({
    algorithm: names,
    inception: uint32,
    expiration: uint32,
    mode: uint16,
    error: uint16,
    key: octets(1, 32),
    other: octets(1, 16),
  }),
  TSIG: record({
    algorithm: names,
    timeSigned: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    fudgeSeconds: uint16,
    mac: octets(1, 64),
    originalId: uint16,
    error: fc.constant(0),
    other: octets(0, 6),
  }),
  URI: record({ priority: uint16, weight: uint16, target: latin1(30, 1) }),
  CAA: record({ flags: uint8, tag: fc.stringMatching(/^[a-z0-9]{1,12}$/), value: latin1(40) }),
  AVC: text,
  RESINFO: text,
  DLV: digest,
};

const ttl = fc.integer({ min: 0, max: 0x7fffffff });
const someClass = fc.oneof({ weight: 9, arbitrary: fc.constant(DnsClass.in as number) }, fc.constantFrom(3, 4, 32));

/** Records of the given types. */
export function recordsOf(types: readonly DnsRecordTypeName[]): Arbitrary<DnsRecord> {
  return fc.oneof(
    ...types.map((type) =>
      record({ name: names, type: fc.constant(type), class: someClass, ttl, data: dataOf[type] as Arbitrary<unknown> }),
    ),
  ) as unknown as Arbitrary<DnsRecord>;
}

/** Types of records that stand in the sections of a message. */
export const ordinaryTypes: readonly DnsRecordTypeName[] = (Object.keys(dataOf) as DnsRecordTypeName[]).filter(
  (type) => type !== "TSIG",
);

const unknownRecord = record({
  name: names,
  type: fc.integer({ min: 60_000, max: 65_279 }).map((number) => `TYPE${number}` as const),
  class: someClass,
  ttl,
  data: record({ octets: octets(0, 20) }),
});

/** Every option that comes out as it went in. */
export const ednsOptions: Arbitrary<EdnsOption> = fc.oneof(
  record({
    type: fc.constant("cookie" as const),
    client: octets(8, 8),
    server: fc.option(octets(8, 32), { nil: undefined }),
  }),
  record({ type: fc.constant("nsid" as const), id: octets(0, 10) }),
  record({ type: fc.constant("padding" as const), octetCount: fc.nat(40) }),
  record({
    type: fc.constant("tcp-keepalive" as const),
    idleTimeoutMs: fc.option(
      uint16.map((n) => n * 100),
      { nil: undefined },
    ),
  }),
  record({ type: fc.constant("extended-error" as const), infoCode: uint16, text: fc.string({ maxLength: 12 }) }),
  record({ type: fc.constant("report-channel" as const), agent: names }),
  record({ type: fc.constant("unknown" as const), code: fc.integer({ min: 100, max: 65_535 }), octets: octets(0, 10) }),
  fc.constantFrom(
    { type: "client-subnet" as const, address: "192.0.2.0", sourcePrefix: 24, scopePrefix: 0 },
    { type: "client-subnet" as const, address: "192.0.2.128", sourcePrefix: 25, scopePrefix: 32 },
    { type: "client-subnet" as const, address: "2001:db8::", sourcePrefix: 47, scopePrefix: 0 },
    { type: "client-subnet" as const, address: "0.0.0.0", sourcePrefix: 0, scopePrefix: 0 },
  ),
);

const edns = record({
  udpPayloadOctets: uint16,
  version: fc.constant(0),
  dnssecOk: fc.boolean(),
  compactOk: fc.boolean(),
  options: fc.array(ednsOptions, { maxLength: 3 }),
});
const question = record({
  name: names,
  type: fc.oneof(fc.constantFrom(...Object.values(DnsType)), uint16).map(dnsTypeName),
  class: someClass,
});

/** Messages with records of the given types, and with whatever else a message can have. */
export function messagesOf(
  types: readonly DnsRecordTypeName[],
  more: "all" | "records" = "all",
): Arbitrary<DnsMessage> {
  const records =
    more === "all" ? fc.oneof({ weight: 9, arbitrary: recordsOf(types) }, unknownRecord) : recordsOf(types);
  const section = fc.array(records as Arbitrary<DnsRecord>, { maxLength: 4 });
  const tsig = recordsOf(["TSIG"]).map((one) => ({ ...one, class: DnsClass.any, ttl: 0 }) as DnsMessage["tsig"]);
  const isAll = more === "all";
  return record<DnsMessage>({
    id: uint16,
    response: fc.boolean(),
    opcode: isAll ? fc.integer({ min: 0, max: 15 }) : fc.constant(0),
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    recursionAvailable: fc.boolean(),
    authenticData: fc.boolean(),
    checkingDisabled: fc.boolean(),
    rcode: fc.integer({ min: 0, max: isAll ? 15 : 10 }),
    questions: fc.array(question, { minLength: isAll ? 0 : 1, maxLength: isAll ? 2 : 1 }),
    answers: section,
    authorities: section,
    additionals: section,
    edns: fc.option(edns, { nil: undefined }),
    tsig: isAll ? fc.option(tsig, { nil: undefined }) : fc.constant(undefined),
  }).map((message) =>
    message.edns === undefined ? message : { ...message, rcode: message.rcode | (message.id & 0xff0) },
  );
}
