import { reportFault } from "@hawser/core";
import { DnsProtocolError } from "../../errors.ts";
import type { DnsMessage } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { bareResponse, type DnsReply } from "../../serving/reply.ts";
import type { DnsRequest } from "../../serving/request.ts";
import { DnsOpcode, DnsRcode } from "../../words.ts";
import type { ZoneWriter } from "../journal/zone-writer.ts";
import type { Zone } from "../zone.ts";
import { updatePermits, type ZoneUpdatePolicy } from "./update-policy.ts";
import { updateZone, type ZoneUpdatePermit } from "./update-zone.ts";

/** A zone that may be updated. */
export interface UpdatableZone {
  readonly zone: Zone;
  /** Through whom its changes go. */
  readonly writer: ZoneWriter;
  readonly policy: ZoneUpdatePolicy;
}

/** What is known of a zone that takes updates. */
interface Target extends UpdatableZone {
  readonly permits: (request: DnsRequest) => ZoneUpdatePermit | undefined;
}

/**
 * Takes dynamic updates (RFC 2136): judged in the order in which they come, done wholly or not at all, and answered when they
 * are where {@link ZoneWriter} keeps them. Updates of other zones go to the next.
 *
 * @param zones asked at each update, so that zones may come and go
 */
export function updatePlugin(zones: (origin: DomainName) => UpdatableZone | undefined): DnsPlugin {
  const known = new WeakMap<UpdatableZone, Target>();
  const targetOf = (origin: DomainName): Target | undefined => {
    const found = zones(origin);
    if (found === undefined) return undefined;
    const target = known.get(found) ?? { ...found, permits: updatePermits(found.policy, origin) };
    known.set(found, target);
    return target;
  };
  return {
    name: "update",
    wrap: (next) => (request) => {
      const { query } = request;
      if (query.opcode !== DnsOpcode.update) return next(request);
      const target = targetOf(query.name);
      return target === undefined ? next(request) : update(target, request);
    },
  };
}

function update(target: Target, request: DnsRequest): DnsReply | Promise<DnsReply> {
  const message = readUpdate(request);
  if (typeof message === "number") return bareResponse(message);
  if (request.query.class !== target.zone.class) return bareResponse(DnsRcode.notAuth);
  const permit = target.permits(request);
  return permit === undefined ? bareResponse(DnsRcode.refused) : done(target, message, permit);
}

/** An update has one zone, which it names by its SOA (RFC 2136 §3.1.1). */
function readUpdate({ query }: DnsRequest): DnsMessage | number {
  try {
    const message = query.message();
    return message.questions.length === 1 && message.questions[0]!.type === "SOA" ? message : DnsRcode.formErr;
  } catch (error) {
    if (error instanceof DnsProtocolError) return DnsRcode.formErr;
    throw error;
  }
}

async function done({ zone, writer }: Target, message: DnsMessage, permit: ZoneUpdatePermit): Promise<DnsReply> {
  let rcode: number = DnsRcode.servFail;
  try {
    await writer.commit(() => {
      const outcome = updateZone(zone, message, permit);
      ({ rcode } = outcome);
      return outcome.change;
    });
    return bareResponse(rcode);
  } catch (error) {
    reportFault(error, "updatePlugin");
    return bareResponse(DnsRcode.servFail);
  }
}
