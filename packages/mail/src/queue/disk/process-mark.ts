import type { Reactor } from "@hawser/core";

/**
 * What names this process on this machine, where the system tells: its host, its boot, its number and when it began (proc(5)).
 * Empty where it does not: elsewhere than on Linux, and in a simulation.
 */
export async function processMark(reactor: Pick<Reactor, "files">): Promise<string> {
  try {
    const stat = await readShort(reactor, "self/stat");
    const [number] = stat.split(" ", 1);
    return `${await machineMark(reactor)} ${number} ${startOf(stat)}`;
  } catch {
    return "";
  }
}

/** True when the process of a mark is known to have ended. */
export async function isProcessGone(reactor: Pick<Reactor, "files">, mark: string): Promise<boolean> {
  const [host, boot, number, start] = mark.split(" ");
  if (start === undefined || !/^\d+$/.test(number!)) return false;
  try {
    if (`${host} ${boot}` !== (await machineMark(reactor))) return false; // it may live on another machine, or in another container
  } catch {
    return false;
  }
  return readShort(reactor, `${number}/stat`).then(
    (stat) => startOf(stat) !== start || / \([\s\S]*\) [ZX] /.test(stat),
    (error: unknown) => (error as { code?: unknown }).code === "not-found",
  );
}

async function machineMark(reactor: Pick<Reactor, "files">): Promise<string> {
  const [host, boot] = [
    await readShort(reactor, "sys/kernel/hostname"),
    await readShort(reactor, "sys/kernel/random/boot_id"),
  ];
  return `${host.trim().replaceAll(" ", "_")} ${boot.trim()}`;
}

/** The 22nd field, behind a name that may hold anything. */
function startOf(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** Files of the kernel say that they have no octets. */
async function readShort(reactor: Pick<Reactor, "files">, path: string): Promise<string> {
  const file = await reactor.files("/proc").open(path);
  try {
    return Buffer.from(await file.read(0, 4_096)).toString("latin1");
  } finally {
    await file.close();
  }
}
