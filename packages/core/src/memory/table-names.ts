import { isIP } from "node:net";
import { ipAddress } from "../address.ts";
import { ConnectionError, quote } from "../errors.ts";
import type { Names } from "../names.ts";

/** Names from a table, which may be changed while it is used. `localhost` is always known (RFC 6761 §6.3). */
export function tableNames(table: ReadonlyMap<string, readonly string[]>): Names {
  return {
    async lookup(host, options) {
      options?.signal?.throwIfAborted();
      return findInTable(table, host).map((address) => {
        const { family } = ipAddress(address, 0);
        return { family, host: address };
      });
    },
  };
}

function findInTable(table: ReadonlyMap<string, readonly string[]>, host: string): readonly string[] {
  if (isIP(host) !== 0) return [host];
  const name = host.toLowerCase();
  const found = table.get(name) ?? (name === "localhost" ? ["127.0.0.1"] : undefined);
  if (found !== undefined) return found;
  throw new ConnectionError("name-not-found", `Cannot find the address of ${quote(host)}: name not found`);
}
