import type { CommandLog, Reactor } from "@hawser/core";
import type { MailQueueEvent } from "../queue/events.ts";

/** Writes a line for each thing that becomes of a message: `TIME ID delivered <alice@example.org> …`. */
export function mailEventLog(log: CommandLog, { clock }: Pick<Reactor, "clock">): (event: MailQueueEvent) => void {
  return (event) => {
    const words = wordsOf(event);
    if (words === undefined) return;
    log.write(`${new Date(clock.wall()).toISOString()} ${words.map(printable).join(" ")}\n`);
  };
}

function wordsOf(event: MailQueueEvent): readonly string[] | undefined {
  switch (event.type) {
    case "submitted":
      return [event.mail.id, "submitted", `<${event.mail.from}>`, `${event.mail.octets} octets`];
    case "reported":
      return [event.mail.id, "reported", event.about, `<${event.mail.to[0]?.address ?? ""}>`];
    case "ended":
      return [event.id, "ended"];
    case "set-aside":
      return [event.id, "set-aside", event.error.message];
    case "trouble":
      return ["-", "trouble", event.error instanceof Error ? event.error.message : String(event.error)];
    case "running":
      return undefined;
    default:
      return [event.mail.id, event.type, `<${event.recipient.address}>`, event.destination, event.text];
  }
}

/** Peers have a say in addresses and texts: none of them begins a line of its own. */
function printable(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, "?");
}
