import type { MailDestination, MailRoute } from "../domain/domain.ts";
import { operandAddresses } from "./addresses.ts";
import type { SendmailDesk } from "./desk.ts";
import { SendmailExit } from "./exit.ts";
import { sendmailErrorOf } from "./failure.ts";
import type { SendmailRequest } from "./request.ts";

/** `-bv`: tells of each address whether it can be written to; where nobody knows more, whether it is spelt right. */
export async function verifyAddresses({ recipients }: SendmailRequest, desk: SendmailDesk): Promise<number> {
  await desk.open();
  let status: number = SendmailExit.ok;
  for (const word of recipients) {
    try {
      for (const address of operandAddresses(word, desk.host.domain)) {
        const route = await desk.system.router?.route(address);
        desk.system.print(`${address}... ${tell(route)}`);
        if (route?.type === "refuse") status = SendmailExit.noUser;
      }
    } catch (error) {
      const failure = sendmailErrorOf(error);
      desk.system.complain(`sendmail: ${failure.message}`);
      status = failure.status;
    }
  }
  return status;
}

function tell(route: MailRoute | undefined): string {
  switch (route?.type) {
    case undefined:
      return "good, as far as is known here";
    case "remote":
      return "deliverable elsewhere";
    case "deliver":
      return `deliverable: ${route.to.map(place).join(", ")}`;
    case "refuse":
      return `not deliverable: ${route.status} ${route.text}`;
    default:
      return route satisfies never;
  }
}

function place(to: MailDestination): string {
  switch (to.type) {
    case "mailbox":
      return to.user;
    case "forward":
      return to.address;
    case "program":
      return "a program";
    case "file":
      return "a file";
    default:
      return to satisfies never;
  }
}
