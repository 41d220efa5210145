import { aRecord } from "./a.ts";
import { aaaaRecord } from "./aaaa.ts";
import { afsdbRecord } from "./afsdb.ts";
import { aplRecord } from "./apl.ts";
import { caaRecord } from "./caa.ts";
import { certRecord } from "./cert.ts";
import { cnameRecord } from "./cname.ts";
import { csyncRecord } from "./csync.ts";
import type { DnsRecordData } from "./data.ts";
import { dhcidRecord } from "./dhcid.ts";
import { dnameRecord } from "./dname.ts";
import { cdnskeyRecord, dnskeyRecord } from "./dnskey.ts";
import { cdsRecord, dlvRecord, dsRecord } from "./ds.ts";
import { eui48Record, eui64Record } from "./eui.ts";
import { gposRecord } from "./gpos.ts";
import { hinfoRecord } from "./hinfo.ts";
import { hipRecord } from "./hip.ts";
import { ipseckeyRecord } from "./ipseckey.ts";
import { isdnRecord } from "./isdn.ts";
import { kxRecord } from "./kx.ts";
import { l32Record } from "./l32.ts";
import { locRecord } from "./loc.ts";
import { lpRecord } from "./lp.ts";
import { mbRecord, mdRecord, mfRecord, mgRecord, mrRecord } from "./mailbox.ts";
import { minfoRecord } from "./minfo.ts";
import { mxRecord } from "./mx.ts";
import { naptrRecord } from "./naptr.ts";
import { l64Record, nidRecord } from "./nid.ts";
import { nsRecord } from "./ns.ts";
import { nsecRecord } from "./nsec.ts";
import { nsec3Record } from "./nsec3.ts";
import { nsec3paramRecord } from "./nsec3param.ts";
import { nullRecord } from "./null.ts";
import { openpgpkeyRecord } from "./openpgpkey.ts";
import { ptrRecord } from "./ptr.ts";
import { pxRecord } from "./px.ts";
import type { DnsField, DnsRecordType } from "./record-type.ts";
import { rpRecord } from "./rp.ts";
import { rrsigRecord } from "./rrsig.ts";
import { rtRecord } from "./rt.ts";
import { soaRecord } from "./soa.ts";
import { srvRecord } from "./srv.ts";
import { sshfpRecord } from "./sshfp.ts";
import { httpsRecord, svcbRecord } from "./svcb.ts";
import { tkeyRecord } from "./tkey.ts";
import { smimeaRecord, tlsaRecord } from "./tlsa.ts";
import { tsigRecord } from "./tsig.ts";
import { avcRecord, resinfoRecord, spfRecord, txtRecord } from "./txt.ts";
import { type DnsRecordTypeName, type DnsUnknownTypeName, dnsTypeName, dnsTypeNumber } from "./types.ts";
import { unknownData } from "./unknown.ts";
import { uriRecord } from "./uri.ts";
import { wksRecord } from "./wks.ts";
import { x25Record } from "./x25.ts";
import { zonemdRecord } from "./zonemd.ts";

/** Every type of records, one file each. Whoever adds one adds its number to {@link DnsType} and its line here. */
export const dnsRecordTypes: { readonly [Type in DnsRecordTypeName]: DnsRecordType<Type, DnsRecordData[Type]> } = {
  A: aRecord,
  NS: nsRecord,
  MD: mdRecord,
  MF: mfRecord,
  CNAME: cnameRecord,
  SOA: soaRecord,
  MB: mbRecord,
  MG: mgRecord,
  MR: mrRecord,
  NULL: nullRecord,
  WKS: wksRecord,
  PTR: ptrRecord,
  HINFO: hinfoRecord,
  MINFO: minfoRecord,
  MX: mxRecord,
  TXT: txtRecord,
  RP: rpRecord,
  AFSDB: afsdbRecord,
  X25: x25Record,
  ISDN: isdnRecord,
  RT: rtRecord,
  PX: pxRecord,
  GPOS: gposRecord,
  AAAA: aaaaRecord,
  LOC: locRecord,
  SRV: srvRecord,
  NAPTR: naptrRecord,
  KX: kxRecord,
  CERT: certRecord,
  DNAME: dnameRecord,
  APL: aplRecord,
  DS: dsRecord,
  SSHFP: sshfpRecord,
  IPSECKEY: ipseckeyRecord,
  RRSIG: rrsigRecord,
  NSEC: nsecRecord,
  DNSKEY: dnskeyRecord,
  DHCID: dhcidRecord,
  NSEC3: nsec3Record,
  NSEC3PARAM: nsec3paramRecord,
  TLSA: tlsaRecord,
  SMIMEA: smimeaRecord,
  HIP: hipRecord,
  CDS: cdsRecord,
  CDNSKEY: cdnskeyRecord,
  OPENPGPKEY: openpgpkeyRecord,
  CSYNC: csyncRecord,
  ZONEMD: zonemdRecord,
  SVCB: svcbRecord,
  HTTPS: httpsRecord,
  SPF: spfRecord,
  NID: nidRecord,
  L32: l32Record,
  L64: l64Record,
  LP: lpRecord,
  EUI48: eui48Record,
  EUI64: eui64Record,
  TKEY: tkeyRecord,
  TSIG: tsigRecord,
  URI: uriRecord,
  CAA: caaRecord,
  AVC: avcRecord,
  RESINFO: resinfoRecord,
  DLV: dlvRecord,
};

/** How the data of a type are read and written. */
export interface DnsTypeRow {
  readonly number: number;
  readonly field: DnsField<unknown>;
}

const rows = new Map<string, DnsTypeRow>();
const byNumber = new Map<number, DnsField<unknown>>();
for (const row of Object.values(dnsRecordTypes)) {
  rows.set(row.type, { number: row.number, field: row as DnsField<unknown> });
  byNumber.set(row.number, row as DnsField<unknown>);
}
/** The low numbers, which nearly all records have. */
const low = Array.from({ length: 262 }, (_, number) => byNumber.get(number));

/** How data of a type are read and written, by its number: as octets where the type has no file here. */
export function dataFieldOf(number: number): DnsField<unknown> {
  return (number < low.length ? low[number] : byNumber.get(number)) ?? (unknownData as DnsField<unknown>);
}

/**
 * The same by the type's name. A known type called by its number is a record whose data are octets.
 * @throws {RangeError} for what is no type
 */
export function rowOfName(type: string): DnsTypeRow {
  return rows.get(type) ?? { number: dnsTypeNumber(type), field: unknownData as DnsField<unknown> };
}

/** What a record of a type is called: types without a file here by their number. */
export function recordTypeName(number: number): DnsRecordTypeName | DnsUnknownTypeName {
  return byNumber.has(number) ? (dnsTypeName(number) as DnsRecordTypeName) : `TYPE${number}`;
}
