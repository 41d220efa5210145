import type { Random } from "@hawser/core";
import type { SrvData } from "../../records/srv.ts";

/**
 * Puts SRV records into the order in which to try them (RFC 2782): the lowest priority first; within one, drawn by weight,
 * anew for each caller, so that all together spread their load as the weights say.
 */
export function orderSrv<Record extends Pick<SrvData, "priority" | "weight">>(
  records: readonly Record[],
  random: Random,
): readonly Record[] {
  return groupsBy(records, ({ priority }) => priority).flatMap((group) => drawByWeight(group, random));
}

/** Puts records into the order of their preference; equal ones in an order drawn by chance (RFC 5321 §5.1, RFC 9460 §2.4.1). */
export function orderByPreference<Record>(
  records: readonly Record[],
  preferenceOf: (record: Record) => number,
  random: Random,
): readonly Record[] {
  return groupsBy(records, preferenceOf).flatMap((group) => shuffled(group, random));
}

/** Those of no weight come first when the draw begins, so that they have a small chance. */
function drawByWeight<Record extends Pick<SrvData, "weight">>(
  group: readonly Record[],
  random: Random,
): readonly Record[] {
  const left = shuffled(group, random).sort((one, other) => Math.sign(one.weight) - Math.sign(other.weight));
  const drawn: Record[] = [];
  let total = left.reduce((sum, { weight }) => sum + weight, 0);
  while (left.length > 0) {
    const point = random.integer(0, total + 1);
    let at = 0;
    for (let sum = left[0]!.weight; sum < point; sum += left[at]!.weight) at++;
    const [record] = left.splice(at, 1);
    total -= record!.weight;
    drawn.push(record!);
  }
  return drawn;
}

function groupsBy<Record>(
  records: readonly Record[],
  keyOf: (record: Record) => number,
): readonly (readonly Record[])[] {
  const groups = new Map<number, Record[]>();
  for (const record of records) groups.set(keyOf(record), [...(groups.get(keyOf(record)) ?? []), record]);
  return [...groups].sort(([one], [other]) => one - other).map(([, group]) => group);
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}
