import { type Reactor, UsageError } from "@hawser/core";
import { fileAt, fileFault } from "../config/path.ts";

/**
 * Writes a file chunk by chunk; until it is whole it has another name, so nobody finds half of it.
 * @throws {UsageError} when it cannot be written; whatever the chunks throw
 */
export async function writeStream(reactor: Reactor, path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const { tree, path: place } = fileAt(reactor, path);
  const draft = `${place}.part`;
  try {
    const file = await tree.open(draft, { write: true, create: true, truncate: true });
    try {
      let offset = 0;
      for await (const chunk of chunks) {
        await file.write(offset, chunk);
        offset += chunk.length;
      }
    } finally {
      await file.close();
    }
    await tree.rename(draft, place);
  } catch (error) {
    await tree.remove(draft).catch(() => {});
    if ((error as Error).name !== "FileError") throw error;
    throw new UsageError(`Cannot write ${JSON.stringify(path)}: ${fileFault(error)}`, { cause: error });
  }
}
