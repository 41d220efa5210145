import { ConnectionError } from "../errors.ts";

/** The host to connect to; an endpoint made for listening may have none. */
export function requireHost(endpoint: { readonly type: string; readonly host?: string | undefined }): string {
  if (endpoint.host !== undefined) return endpoint.host;
  throw new ConnectionError("unsupported", `the endpoint names no host, such as ${endpoint.type}:localhost:…`);
}
