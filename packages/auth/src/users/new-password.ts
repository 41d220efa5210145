import type { Random } from "@hawser/core";

/** Letters and digits that nobody takes for each other, in print or read aloud. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password that nobody guesses and anybody can type: four groups of five, 99 bits. */
export function makePassword(random: Pick<Random, "integer">): string {
  const group = () => Array.from({ length: 5 }, () => letters[random.integer(0, letters.length)]!).join("");
  return [group(), group(), group(), group()].join("-");
}
