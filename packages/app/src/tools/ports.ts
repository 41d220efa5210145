import type { CommandData } from "@hawser/core";
import type { ApplicationDescription } from "../application/description.ts";

/**
 * The ports that an application seems to listen on: numbers of options that are called so, and endpoints of options that
 * are called `listen`. Nobody can tell what a command of somebody else does with its options.
 */
export function listeningPorts({ services }: ApplicationDescription): readonly number[] {
  return services.flatMap(({ options }) => Object.entries(options).flatMap(([name, data]) => portsIn(name, data)));
}

function portsIn(name: string, data: CommandData): readonly number[] {
  if (Array.isArray(data)) return data.flatMap((one: CommandData) => portsIn(name, one));
  if (typeof data === "object") return Object.values(data).flatMap((one) => portsIn(name, one));
  if (/port$/i.test(name)) return /^\d{1,5}$/.test(String(data)) ? [Number(data)] : endpointPorts(String(data));
  return /listen$/i.test(name) ? endpointPorts(String(data)) : [];
}

/** `tcp:80`, `proxy:tls:[::]:443:cert=…`, `tcp://0.0.0.0:80`, `udp:host:53`. */
function endpointPorts(text: string): readonly number[] {
  const port =
    /^(?:proxy:)*(?:tcp|tls|udp):(?:\/\/)?(?:(?:\[[^\]]*\]|[^:/?=]*[^\d:/?=][^:/?=]*|[\d.]*\.[\d.]*):)?(\d{1,5})(?![^:/?])/.exec(
      text,
    )?.[1];
  return port === undefined ? [] : [Number(port)];
}
