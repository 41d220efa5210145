import type { Clock, Instant } from "@hawser/core/protocol";

/** Gives the Date field (RFC 9110 §6.6.1), made once a second: making it costs more than parsing a small request. */
export function dateField(clock: Clock): (now: Instant) => string {
  let until = Number.NEGATIVE_INFINITY;
  let text = "";
  return (now) => {
    if (now >= until) {
      const wall = clock.wall();
      until = now + 1000 - (wall % 1000);
      text = new Date(wall).toUTCString();
    }
    return text;
  };
}
