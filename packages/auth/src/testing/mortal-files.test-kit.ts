import type { Clock, FileTree, Random } from "@hawser/core";

/** A process as a test of files sees it: its calls take time, and from some moment on nothing it does happens any more. */
export interface MortalProcess {
  readonly clock: Clock;
  readonly random: Random;
  /** How long half of a call takes at most, in milliseconds. */
  readonly slownessMs: number;
  isDead: boolean;
}

/** A tree as it looks from a process that may be slow, suspended or killed between any two calls, and within a write. */
export function mortalTree(tree: FileTree, owner: MortalProcess): FileTree {
  return wrap(tree, owner);
}

function wrap<Target extends object>(target: Target, owner: MortalProcess): Target {
  return new Proxy(target, {
    get(object, name) {
      const member = Reflect.get(object, name, object) as unknown;
      if (typeof member !== "function") return member;
      return async (...parameters: readonly unknown[]) => {
        await pass(owner);
        if (name === "write" && typeof parameters[0] === "number") await writeInParts(object, owner, parameters);
        const result: unknown = await Reflect.apply(member, object, parameters);
        await pass(owner);
        return typeof result === "object" && result !== null && "read" in result ? wrap(result, owner) : result;
      };
    },
  });
}

/** A crash may leave the first half of a write. */
async function writeInParts(file: object, owner: MortalProcess, [offset, chunk]: readonly unknown[]): Promise<void> {
  const half = (chunk as Uint8Array).subarray(0, (chunk as Uint8Array).length >> 1);
  await (file as { write(offset: number, chunk: Uint8Array): Promise<void> }).write(offset as number, half);
  await pass(owner);
}

async function pass(owner: MortalProcess): Promise<void> {
  await owner.clock.sleep(owner.random.number() * owner.slownessMs);
  if (owner.isDead) await new Promise(() => {});
}
