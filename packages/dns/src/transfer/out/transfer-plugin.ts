import type { Zone } from "../../authority/zone.ts";
import type { ZoneTable } from "../../authority/zone-table.ts";
import type { DnsEncodedSet } from "../../message/answer.ts";
import type { DnsQuery } from "../../message/query.ts";
import { DnsType } from "../../records/types.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { bareResponse, type DnsReply, dnsResponse } from "../../serving/reply.ts";
import { type DnsRequest, dnsPeerHost } from "../../serving/request.ts";
import { DnsOpcode, DnsRcode } from "../../words.ts";
import { type ZoneAccess, type ZoneAccessRule, zoneAccess } from "../access.ts";
import { differences, wholeZone } from "./outgoing-sets.ts";
import { TransferSlots } from "./transfer-slots.ts";

/** Who may take zones from us, and how many at once. */
export interface TransferPluginOptions {
  /** Whom a zone is given: nobody, unless a rule says so. */
  readonly allow: readonly ZoneAccessRule[];
  /** Transfers under way at once; others are refused and come again. Default 100. */
  readonly transfersMax?: number | undefined;
  /** The same for each address. Default 10, as all of BIND's `transfers-out`. */
  readonly transfersPerPeerMax?: number | undefined;
  /** Joins the steps of a difference to one (RFC 1995 §6): less to send, more to reckon. Default false. */
  readonly condense?: boolean | undefined;
}

/**
 * Gives zones to those who are allowed to have them: whole over TCP and TLS (AXFR, RFC 5936; over TLS it is RFC 9103), and
 * the differences from an older version (IXFR, RFC 1995). Zones that are not ours are NOTAUTH, peers that no rule allows are
 * REFUSED. It stands before what answers other questions.
 */
export function transferPlugin(table: ZoneTable, options: TransferPluginOptions): DnsPlugin {
  const sender = new ZoneSender(table, options);
  return {
    name: "transfer",
    wrap: (next) => (request) => {
      const { type, opcode } = request.query;
      const isOurs = (type === DnsType.AXFR || type === DnsType.IXFR) && opcode === DnsOpcode.query;
      return isOurs ? sender.answer(request) : next(request);
    },
  };
}

class ZoneSender {
  readonly #table: ZoneTable;
  readonly #isAllowed: ZoneAccess;
  readonly #slots: TransferSlots;
  readonly #condense: boolean;

  constructor(table: ZoneTable, options: TransferPluginOptions) {
    const { allow, transfersMax = 100, transfersPerPeerMax = 10, condense = false } = options;
    this.#table = table;
    this.#isAllowed = zoneAccess(allow);
    this.#slots = new TransferSlots(transfersMax, transfersPerPeerMax);
    this.#condense = condense;
  }

  answer(request: DnsRequest): DnsReply {
    const { name, type, class: of } = request.query;
    const zone = this.#table.get(name);
    if (zone === undefined || zone.class !== of) return bareResponse(DnsRcode.notAuth);
    if (!this.#isAllowed(request, zone.origin)) return bareResponse(DnsRcode.refused);
    return type === DnsType.AXFR ? this.#whole(request, zone) : this.#differences(request, zone);
  }

  /** Over UDP nobody has said how it would be (RFC 5936 §4.2). */
  #whole(request: DnsRequest, zone: Zone): DnsReply {
    if (!isStream(request)) return bareResponse(DnsRcode.formErr);
    return this.#send(request, wholeZone(zone));
  }

  #differences(request: DnsRequest, zone: Zone): DnsReply {
    const serial = serialOf(request.query);
    if (serial === undefined) return bareResponse(DnsRcode.formErr);
    const sets = differences(zone, serial, { condense: this.#condense });
    if (sets !== undefined && sets.length > 1) return this.#send(request, sets);
    const isAnswered = sets !== undefined || !isStream(request); // one SOA tells to come over TCP (RFC 1995 §2)
    return isAnswered
      ? dnsResponse({ authoritative: true, answers: [zone.soa] })
      : this.#send(request, wholeZone(zone));
  }

  #send(request: DnsRequest, sets: Iterable<DnsEncodedSet>): DnsReply {
    const held = this.#slots.hold(dnsPeerHost(request), sets, request.signal);
    return held === undefined ? bareResponse(DnsRcode.refused) : { type: "transfer", sets: held };
  }
}

function isStream({ transport }: DnsRequest): boolean {
  return transport === "tcp" || transport === "tls";
}

/** The version that the asker has stands as a SOA among the authorities (RFC 1995 §3). */
function serialOf(query: DnsQuery): number | undefined {
  const [soa] = query.message().authorities;
  return soa?.type === "SOA" && soa.name.equals(query.name) ? soa.data.serial : undefined;
}
