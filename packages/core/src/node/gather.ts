/**
 * What `find` gives for each name, in their order, without those that gave `undefined`. A few are looked for at a time.
 * When one fails no further ones are begun, and those that were are waited for: what they use is lent only until then.
 */
export async function gather<Found>(
  names: readonly string[],
  find: (name: string) => Promise<Found | undefined>,
): Promise<readonly Found[]> {
  const found: (Found | undefined)[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    try {
      for (let at = next++; at < names.length; at = next++) found[at] = await find(names[at]!);
    } catch (error) {
      next = names.length;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnceMax }, work));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return found.filter((entry) => entry !== undefined);
}

/** More would not be quicker: Node has four threads for files. */
const atOnceMax = 8;
