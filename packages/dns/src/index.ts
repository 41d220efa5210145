/**
 * DNS: names, records of every type, messages, EDNS, TSIG and presentation format as values and pure functions; and what
 * stands on them, asking and answering over a reactor's network.
 *
 * @packageDocumentation
 */
export { ZoneContents, type ZoneOddity } from "./authority/contents/zone-contents.ts";
export type { ZoneDraft } from "./authority/contents/zone-draft.ts";
export * from "./authority/errors.ts";
export * from "./authority/journal/dynamic-zones-plugin.ts";
export * from "./authority/journal/zone-journal.ts";
export * from "./authority/journal/zone-store.ts";
export * from "./authority/journal/zone-writer.ts";
export { checkZone, readZone, zone, zoneOfReading } from "./authority/loading/check-zone.ts";
export {
  formatZoneFinding,
  type ZoneFinding,
  type ZoneFindingCode,
  zoneFindingsMax,
} from "./authority/loading/finding.ts";
export { loadZone, type ZoneLoadOptions } from "./authority/loading/load-zone.ts";
export * from "./authority/loading/zone-files-plugin.ts";
export type { ZoneReading, ZoneReadingOptions } from "./authority/loading/zone-reading.ts";
export type * from "./authority/lookup/zone-answer.ts";
export { isSerialAfter, nextSerial } from "./authority/serial.ts";
export * from "./authority/update/update-plugin.ts";
export * from "./authority/update/update-policy.ts";
export * from "./authority/update/update-zone.ts";
export * from "./authority/zone.ts";
export type * from "./authority/zone-change.ts";
export type { ZoneHistoryOptions } from "./authority/zone-history.ts";
export * from "./authority/zone-table.ts";
export * from "./authority/zones-plugin.ts";
export * from "./cache/dns-cache.ts";
export type { DnsCacheHit } from "./cache/entry.ts";
export { type DnsLifetimeLimits, type DnsLifetimeOptions, dnsLifetime } from "./cache/lifetime.ts";
export * from "./cache/sieve-map.ts";
export * from "./client/dns-client.ts";
export type { DnsClientCounters } from "./client/exchange/counters.ts";
export type { DnsLocalHosts } from "./client/exchange/dialer.ts";
export type * from "./client/exchanger.ts";
export type { DnsAnswer } from "./client/resolver/answer.ts";
export { dnsResolver } from "./client/resolver/default-resolver.ts";
export type * from "./client/resolver/dns-resolver.ts";
export * from "./client/resolver/errors.ts";
export * from "./client/resolver/names.ts";
export type * from "./client/resolver/options.ts";
export * from "./client/resolver/reactor-with-names.ts";
export type { DnsServerStrategy } from "./client/resolver/server-order.ts";
export type { DnsAddressOrder } from "./client/resolver/sort-addresses.ts";
export * from "./client/server-place.ts";
export * from "./client/services/mx.ts";
export type { DnsServiceOptions } from "./client/services/options.ts";
export { orderSrv } from "./client/services/order.ts";
export * from "./client/services/srv.ts";
export * from "./client/services/svcb.ts";
export * from "./edns/edns.ts";
export type { EdnsClientSubnet } from "./edns/options/client-subnet.ts";
export type { EdnsCookie } from "./edns/options/cookie.ts";
export type { EdnsExpire } from "./edns/options/expire.ts";
export { type EdnsExtendedError, ExtendedDnsError } from "./edns/options/extended-error.ts";
export type { EdnsTcpKeepalive } from "./edns/options/keepalive.ts";
export type { EdnsNsid } from "./edns/options/nsid.ts";
export type { EdnsPadding } from "./edns/options/padding.ts";
export type { EdnsReportChannel } from "./edns/options/report-channel.ts";
export type { EdnsOption, EdnsUnknownOption } from "./edns/options/table.ts";
export * from "./edns/server-cookie.ts";
export {
  type DnsErrorCode,
  DnsProtocolError,
  DnsTextError,
  type DnsTextErrorCode,
  type DnsTextPosition,
} from "./errors.ts";
export * from "./limits.ts";
export * from "./message/answer.ts";
export { decodeDnsMessage } from "./message/decode.ts";
export { type DnsEncodeOptions, encodeDnsMessage } from "./message/encode.ts";
export { DnsFlag } from "./message/flags.ts";
export type * from "./message/message.ts";
export * from "./message/query.ts";
export { formatDnsMessage } from "./message/text.ts";
export { DomainName, parseDomainName, rootName } from "./name/domain-name.ts";
export * from "./name/idna.ts";
export * from "./name/order.ts";
export * from "./plugins/acl.ts";
export * from "./plugins/any.ts";
export * from "./plugins/block.ts";
export * from "./plugins/cache.ts";
export * from "./plugins/dns64.ts";
export type { ForwardPolicy } from "./plugins/forward/upstream.ts";
export * from "./plugins/forward.ts";
export * from "./plugins/hosts.ts";
export * from "./plugins/in-zone.ts";
export * from "./plugins/log.ts";
export * from "./plugins/rewrite.ts";
export * from "./plugins/round-robin.ts";
export * from "./plugins/statistics.ts";
export * from "./plugins/template.ts";
export { parseDnsPeriod } from "./presentation/period.ts";
export { dnsStringsOf, dnsTextOf } from "./presentation/strings.ts";
export { type DnsEntry, type DnsToken, DnsTokenizer } from "./presentation/tokenizer.ts";
export { DnsWords } from "./presentation/words.ts";
export type { AData } from "./records/a.ts";
export type { AaaaData } from "./records/aaaa.ts";
export type { AfsdbData } from "./records/afsdb.ts";
export type { AplData, AplItem } from "./records/apl.ts";
export type { CaaData } from "./records/caa.ts";
export type { CertData } from "./records/cert.ts";
export type { CnameData } from "./records/cname.ts";
export type { CsyncData } from "./records/csync.ts";
export type { DnsRecordData } from "./records/data.ts";
export * from "./records/data-octets.ts";
export type { DhcidData } from "./records/dhcid.ts";
export type { DnameData } from "./records/dname.ts";
export { type DnskeyData, dnskeyTag } from "./records/dnskey.ts";
export type { DsData } from "./records/ds.ts";
export type { EuiData } from "./records/eui.ts";
export type { GposData } from "./records/gpos.ts";
export type { HinfoData } from "./records/hinfo.ts";
export type { HipData } from "./records/hip.ts";
export type { IpseckeyData } from "./records/ipseckey.ts";
export type { IsdnData } from "./records/isdn.ts";
export type { KxData } from "./records/kx.ts";
export type { L32Data } from "./records/l32.ts";
export type { LocData } from "./records/loc.ts";
export type { LpData } from "./records/lp.ts";
export type { MailboxData } from "./records/mailbox.ts";
export type { MinfoData } from "./records/minfo.ts";
export type { MxData } from "./records/mx.ts";
export type { NaptrData } from "./records/naptr.ts";
export type { L64Data, NidData } from "./records/nid.ts";
export type { NsData } from "./records/ns.ts";
export type { NsecData } from "./records/nsec.ts";
export type { Nsec3Data } from "./records/nsec3.ts";
export type { Nsec3ParamData } from "./records/nsec3param.ts";
export type { OpenpgpkeyData } from "./records/openpgpkey.ts";
export type { PtrData } from "./records/ptr.ts";
export type { PxData } from "./records/px.ts";
export type * from "./records/record.ts";
export type { DnsField, DnsRecordType } from "./records/record-type.ts";
export type { RpData } from "./records/rp.ts";
export type { RrsigData } from "./records/rrsig.ts";
export type { RtData } from "./records/rt.ts";
export type { SoaData } from "./records/soa.ts";
export type { SrvData } from "./records/srv.ts";
export type { SshfpData } from "./records/sshfp.ts";
export type { SvcParams, UnknownSvcParam } from "./records/svc-params.ts";
export type { SvcbData } from "./records/svcb.ts";
export { dnsRecordTypes } from "./records/table.ts";
export {
  type DnsRecordDefaults,
  dnsRecord,
  formatDnsData,
  formatDnsRecord,
  parseDnsData,
  parseDnsRecord,
} from "./records/text.ts";
export type { TkeyData } from "./records/tkey.ts";
export type { TlsaData } from "./records/tlsa.ts";
export type { TsigData } from "./records/tsig.ts";
export type { TxtData } from "./records/txt.ts";
export * from "./records/types.ts";
export type { OpaqueData } from "./records/unknown.ts";
export type { UriData } from "./records/uri.ts";
export type { WksData } from "./records/wks.ts";
export type { X25Data } from "./records/x25.ts";
export type { ZonemdData } from "./records/zonemd.ts";
export { privateNetworks } from "./recursion/address-filters.ts";
export { Credibility, type NegativeEntry, type PositiveEntry, type RecursionEntry } from "./recursion/entries.ts";
export type * from "./recursion/exchange.ts";
export type { RecursionFailure } from "./recursion/failures.ts";
export * from "./recursion/infrastructure.ts";
export { type RecursionBounds, type RecursionLimits, recursionLimits } from "./recursion/limits.ts";
export { locallyServedZones } from "./recursion/local-zones.ts";
export type * from "./recursion/question.ts";
export type { RecursionCacheOptions } from "./recursion/recursion-cache.ts";
export * from "./recursion/recursion-plugin.ts";
export type { RecursionStatistics } from "./recursion/recursion-statistics.ts";
export * from "./recursion/recursive-resolver.ts";
export * from "./recursion/resolution.ts";
export type { RecursionResponseOptions, RecursionResult } from "./recursion/response.ts";
export { ianaRootHints, parseRootHints, type RootHints } from "./recursion/root-hints.ts";
export type * from "./recursion/validator.ts";
export type { DnsServerCounts } from "./serving/counts.ts";
export * from "./serving/dns-server.ts";
export * from "./serving/limiting/client-limiter.ts";
export * from "./serving/limiting/response-limiter.ts";
export type { DnsCookiePolicy, DnsServerOptions } from "./serving/options.ts";
export * from "./serving/plugin.ts";
export * from "./serving/reply.ts";
export * from "./serving/request.ts";
export * from "./serving/sets.ts";

export type { DnsTsigKeys } from "./serving/signature.ts";

export type { ZoneAccessRule } from "./transfer/access.ts";
export { ZoneTransferError, type ZoneTransferErrorCode } from "./transfer/errors.ts";
export type { ZonePrimary } from "./transfer/in/primary.ts";
export * from "./transfer/in/reader.ts";
export { type TransferZoneOptions, transferZone } from "./transfer/in/transfer-zone.ts";
export * from "./transfer/limits.ts";
export * from "./transfer/notify/notifier.ts";
export type { NotifyTarget } from "./transfer/notify/targets.ts";
export * from "./transfer/out/transfer-plugin.ts";
export * from "./transfer/secondary/secondary-plugin.ts";
export {
  type RefreshZoneOptions,
  SecondaryZone,
  type SecondaryZoneOptions,
} from "./transfer/secondary/secondary-zone.ts";
export type { SecondaryZoneStatus } from "./transfer/secondary/status.ts";
export * from "./transfer/secondary/timers.ts";

export { parseTsigKey, type TsigAlgorithm, type TsigKey, tsigAlgorithms } from "./tsig/key.ts";
export * from "./tsig/sign.ts";
export * from "./tsig/verify.ts";
export { DnsReader } from "./wire/reader.ts";
export { type DnsNameForm, DnsWriter, type DnsWriterMark } from "./wire/writer.ts";
export * from "./words.ts";
export * from "./zone/reader.ts";
export * from "./zone/writer.ts";
