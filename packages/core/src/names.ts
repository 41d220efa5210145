import type { IpAddress } from "./address.ts";

/** Names to addresses: the system's, or those of a resolver of `@hawser/dns`. */
export interface Names {
  /**
   * The addresses of a host, in the order the resolver prefers them. A literal address answers itself.
   * @throws {ConnectionError} `name-not-found`, `timed-out`
   */
  lookup(
    host: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly Pick<IpAddress, "family" | "host">[]>;
}
