import { listen } from "@hawser/core";
import { smtpServer } from "@hawser/mail/smtp";

const limits = { messagesMax: Number.MAX_SAFE_INTEGER };
const server = smtpServer(
  {
    recipient: () => undefined,
    async message(_envelope, content) {
      let octets = 0;
      for await (const chunk of content) octets += chunk.length;
      return `Took ${octets}`;
    },
  },
  { limits },
);
const listener = await listen("tcp:0:interface=127.0.0.1", server);
if (listener.address.family === "ipv4") process.stdout.write(`listening ${listener.address.port}\n`);
