import type { DnsField } from "../record-type.ts";
import { uint32 } from "./numbers.ts";

/** Seconds since 1970 in four octets; in text `YYYYMMDDHHmmSS` or the seconds (RFC 4034 §3.2). */
export const time: DnsField<number> = {
  ...uint32,
  parse(words) {
    const text = words.peek()?.text ?? "";
    if (!/^\d{14}$/.test(text)) return uint32.parse(words);
    const word = words.word();
    const seconds = secondsOf(word);
    if (seconds === undefined) throw words.bad(word, "a time like 20040509183619 is needed");
    return seconds;
  },
  format: (value) => new Date(value * 1000).toISOString().replace(/\D/g, "").slice(0, 14),
};

function secondsOf(text: string): number | undefined {
  const iso = text.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6.000Z");
  const date = new Date(iso);
  const seconds = date.getTime() / 1000;
  const isTime = seconds >= 0 && seconds <= 0xffffffff && date.toISOString() === iso;
  return isTime ? seconds : undefined;
}
