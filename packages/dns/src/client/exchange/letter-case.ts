import type { Random } from "@hawser/core";
import { type DomainName, nameOfWire } from "../../name/domain-name.ts";

/**
 * The same name with the case of each letter drawn by chance: an answer has to repeat it, which nobody can who has not seen
 * the question ("0x20", RFC 5452 §9.1 asks for whatever more there is to guess).
 */
export function withMixedCase(name: DomainName, random: Random): DomainName {
  const coins = random.bytes(name.wire.length);
  let wire = "";
  for (let i = 0; i < coins.length; i++) {
    const code = name.wire.charCodeAt(i);
    wire += String.fromCharCode(isLetter(code) && coins[i]! & 1 ? code ^ caseBit : code);
  }
  return nameOfWire(wire);
}

/** Lengths of labels are below 64, and so never letters. */
function isLetter(code: number): boolean {
  const lower = code | caseBit;
  return lower >= 0x61 && lower <= 0x7a;
}

const caseBit = 0x20;
