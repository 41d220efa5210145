import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";

/**
 * Removes the socket file of a server that is gone. Only a socket is removed, and only when nobody answers on it.
 * @returns whether the path is free now
 */
export async function removeStaleSocket(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true || (await answers(path))) return false;
  await unlink(path);
  return true;
}

/** Anything but a refusal counts as an answer: a full queue, too, is a living server. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED"));
  });
}
