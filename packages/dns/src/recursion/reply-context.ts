import type { DomainName } from "../name/domain-name.ts";

/** What was asked, and of whom. */
export interface ReplyContext {
  readonly name: DomainName;
  readonly type: number;
  /** The zone that the server was asked about: what it says of other names is not heard. */
  readonly zone: DomainName;
  /** The server resolves for us: it need not claim authority, and refers to nobody. */
  readonly isForwarder: boolean;
  readonly aliasesMax: number;
}
