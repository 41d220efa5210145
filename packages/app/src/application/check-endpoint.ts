import { X509Certificate } from "node:crypto";
import {
  ConnectionError,
  type Endpoint,
  EndpointError,
  FileError,
  parseEndpoint,
  quote,
  type Reactor,
} from "@hawser/core";
import { fileAt, fileFault } from "../config/path.ts";

/** Why an endpoint cannot be read, in one line. */
export function endpointFault(endpoint: string): string | undefined {
  try {
    parseEndpoint(endpoint);
    return undefined;
  } catch (error) {
    if (error instanceof EndpointError) return error.message.split("\n", 1)[0];
    throw error;
  }
}

/** The port that an endpoint would take, spelt the same for all that would take the same one; `undefined` for what may be shared. */
export function endpointPlace(text: string): string | undefined {
  const endpoint = innermost(parseEndpoint(text));
  switch (endpoint.type) {
    case "tcp":
    case "tls":
      return endpoint.port === 0 ? undefined : `tcp ${endpoint.host ?? "*"} ${endpoint.port}`;
    case "udp":
      return endpoint.port === 0 ? undefined : `udp ${endpoint.host ?? "*"} ${endpoint.port}`;
    case "unix":
      return `unix ${endpoint.path}`;
    default:
      return undefined;
  }
}

/** The names that the certificates of a `tls:` endpoint are for. @throws {ConnectionError} when one cannot be read */
export async function certificateNames(text: string, reactor: Reactor, directory?: string): Promise<readonly string[]> {
  const endpoint = innermost(parseEndpoint(text));
  if (endpoint.type !== "tls") return [];
  const names = (endpoint.cert ?? []).map((file) => namesOf(file, reactor, directory));
  return [...new Set((await Promise.all(names)).flat())];
}

async function namesOf(file: string, reactor: Reactor, directory?: string): Promise<readonly string[]> {
  const { tree, path } = fileAt(reactor, file, directory);
  try {
    const { subject, subjectAltName } = new X509Certificate(await tree.readFile(path));
    const alternatives = [...(subjectAltName ?? "").matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name]) => name!);
    return alternatives.length > 0 ? alternatives : [/CN=([^\n]+)/.exec(subject ?? "")?.[1] ?? "no name"];
  } catch (cause) {
    const isUnread = cause instanceof FileError || cause instanceof RangeError;
    const fault = isUnread ? fileFault(cause) : "it holds no certificate";
    throw new ConnectionError("bad-certificate", `Cannot use certificate ${quote(file)}: ${fault}`, { cause });
  }
}

/** What really listens: `proxy:tcp:80` listens on `tcp:80`. */
function innermost(endpoint: Endpoint): Endpoint {
  return endpoint.type === "proxy" ? innermost(endpoint.inner) : endpoint;
}
