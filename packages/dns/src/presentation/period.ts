const unitSeconds: Readonly<Record<string, number>> = { "": 1, S: 1, M: 60, H: 3_600, D: 86_400, W: 604_800 };

/** The longest TTL and timer (RFC 2181 §8); timers of SOA may say more (RFC 1035 §3.3.13). */
export const dnsSecondsMax = 0xffffffff;

/**
 * Reads seconds, or a sum of units as BIND takes it: `3600`, `1h30m`, `2W`. `undefined` when it is neither, or more than 32
 * bits hold.
 */
export function parseDnsPeriod(text: string): number | undefined {
  if (!/^(\d{1,10}|(\d{1,10}[smhdw])+)$/i.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([a-z]?)/gi))
    seconds += Number(count) * unitSeconds[unit!.toUpperCase()]!;
  return seconds <= dnsSecondsMax ? seconds : undefined;
}
