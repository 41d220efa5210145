import type { HttpParameters } from "./parameters.ts";

/** Reads a weight: 0 to 1 with at most three decimals (RFC 9110 §12.4.2). */
export function parseWeight(text: string): number | undefined {
  return /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
}

/**
 * Writes `;q=…`, or nothing for the default of 1.
 * @throws {TypeError} when the weight is not within 0 and 1
 */
export function formatWeight(weight: number): string {
  if (!(weight >= 0 && weight <= 1)) throw new TypeError(`Cannot write the weight ${weight}: not within 0 and 1`);
  const text = String(Math.round(weight * 1000) / 1000);
  return text === "1" ? "" : `;q=${text}`;
}

/** Takes `q` out of parameters, wherever it stands (RFC 9110 §12.5.1). `undefined` when it is malformed. */
export function splitWeight(parameters: HttpParameters): { weight: number; parameters: HttpParameters } | undefined {
  const rest = new Map(parameters);
  const weight = parseWeight(parameters.get("q") ?? "1");
  rest.delete("q");
  return weight === undefined ? undefined : { weight, parameters: rest };
}

/**
 * Refuses a parameter named `q` where a weight follows.
 * @throws {TypeError} when there is one
 */
export function refuseWeightParameter(parameters: HttpParameters): void {
  for (const name of parameters.keys()) {
    if (name.toLowerCase() === "q")
      throw new TypeError("Cannot write a parameter named q: it would be read as the weight");
  }
}
