import type { DigServer } from "./carrier.ts";

/** `127.0.0.1#53(localhost)`. */
export function digServerText({ host, port, called }: DigServer): string {
  return `${host}#${port}(${called})`;
}

/** `Thu Nov 26 14:40:04 UTC 2026`, in the time of this machine. */
export function digDateText(wall: number): string {
  const date = new Date(wall);
  const [weekday, month, day, year] = date.toDateString().split(" ");
  const zone = /\(([^)]*)\)/.exec(date.toTimeString())?.[1] ?? "";
  const time = date.toTimeString().slice(0, 8);
  return `${weekday} ${month} ${day} ${time} ${zoneText(zone)} ${year}`;
}

/** Node spells zones out: `Coordinated Universal Time` is UTC, others are told by their capitals. */
function zoneText(zone: string): string {
  if (zone === "Coordinated Universal Time") return "UTC";
  return zone.replace(/[^A-Z]/g, "") || zone;
}

/** Octets as lines of sixteen, with what can be printed beside them. */
export function digHexDump(octets: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += 16) {
    const row = octets.subarray(at, at + 16);
    const digits = Array.from(row, (octet) => octet.toString(16).padStart(2, "0"));
    const left = digits.slice(0, 8).join(" ");
    const right = digits.slice(8).join(" ");
    const text = Array.from(row, (octet) => (octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "."));
    lines.push(`${`${left}  ${right}`.padEnd(50)} ${text.join("")}`);
  }
  return lines;
}
