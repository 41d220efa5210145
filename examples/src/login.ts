// A site for those in a users file: alice at first; hawser user adds others.     curl -u alice:wonderland 127.0.0.1:8080
import { addUser, listUsers, loginWith, usersFile } from "@hawser/auth";
import { formatAddress, listen } from "@hawser/core";
import { httpServer, text, withLogin } from "@hawser/web";

const file = process.argv[3] ?? "users";
const users = await listUsers(file).catch(() => []);
if (users.length === 0) await addUser(file, "alice", "wonderland", { groups: ["staff"] });

const portal = loginWith(usersFile(file));
const site = withLogin(
  portal,
  ({ name, groups }) =>
    () =>
      text(`Hello, ${name} of ${groups.join(" and ")}\n`),
);

const listener = await listen(process.argv[2] ?? "tcp:8080:interface=127.0.0.1", httpServer(site));
console.log(`listening on http://${formatAddress(listener.address)}/`);
