import type { DomainName } from "../../name/domain-name.ts";
import type { EdnsOptionKind } from "./option.ts";

/** Below which name errors of the zone may be reported (RFC 9567). */
export interface EdnsReportChannel {
  readonly type: "report-channel";
  readonly agent: DomainName;
}

/** Report-Channel */
export const reportChannelOption: EdnsOptionKind<EdnsReportChannel> = {
  type: "report-channel",
  code: 18,
  decode: (reader) => ({ type: "report-channel", agent: reader.name() }),
  encode: ({ agent }, writer) => writer.name(agent),
  format: ({ agent }) => `REPORT-CHANNEL: ${agent}`,
};
