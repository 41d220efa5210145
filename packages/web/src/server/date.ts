import type { Clock } from "@hawser/core";

/** Gives the Date field (RFC 9110 §6.6.1), made once a second: making it costs more than parsing a small request. */
export function dateField(clock: Clock): () => string {
  let second = Number.NaN;
  let text = "";
  return () => {
    const now = Math.floor(clock.wall() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}
