import { FileError, type FileTree, type Reactor } from "@hawser/core";
import { type MailSenderRewriting, mailSenderRewriting } from "../domain/router/srs.ts";

/** Rewrites the senders of what is sent on, as soon as the secret for it has been read or made. */
export class SenderRewriting implements MailSenderRewriting {
  #made: MailSenderRewriting | undefined;

  /** Reads the secret from a folder, or makes one: it must outlive this process, since reports come days later. */
  async begin(folder: FileTree, domain: string, { clock, random }: Pick<Reactor, "clock" | "random">): Promise<void> {
    const secret = (await readSecret(folder)) ?? (await makeSecret(folder, random));
    this.#made = mailSenderRewriting({ domain, secrets: [secret], clock });
  }

  rewrite(from: string): string {
    return this.#made?.rewrite(from) ?? from;
  }

  reverse(local: string): ReturnType<MailSenderRewriting["reverse"]> {
    return this.#made?.reverse(local);
  }
}

const fileName = "sender-secret";

async function readSecret(folder: FileTree): Promise<string | undefined> {
  try {
    const secret = Buffer.from(await folder.readFile(fileName))
      .toString()
      .trim();
    return secret.length < secretLengthMin ? undefined : secret;
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return undefined;
    throw error;
  }
}

async function makeSecret(folder: FileTree, random: Reactor["random"]): Promise<string> {
  const secret = Buffer.from(random.bytes(24)).toString("hex");
  await folder.writeFile(fileName, `${secret}\n`);
  await folder.setAttributes(fileName, { mode: 0o600 });
  return secret;
}

/** What is shorter was cut off by a full disk. */
const secretLengthMin = 32;
