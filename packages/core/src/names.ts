import type { IpAddress } from "./address.ts";

/** Names to addresses. `@hawser/dns` will put its own resolver here. */
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
