import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { connectImap } from "./client/connect.ts";

/** Twisted's server, with one mailbox of two messages. */
const script = `
import sys
from io import BytesIO
from zope.interface import implementer
from twisted.cred import portal, checkers
from twisted.internet import endpoints, protocol, reactor
from twisted.mail import imap4
@implementer(imap4.IMessage)
class Message:
    def __init__(self, uid, text): self.uid, self.text, self.flags = uid, text, set()
    def getUID(self): return self.uid
    def getFlags(self): return sorted(self.flags)
    def getInternalDate(self): return "Wed, 17 Jul 1996 02:44:25 +0000"
    def getHeaders(self, negate, *names):
        head = self.text.split("\\r\\n\\r\\n")[0]
        pairs = dict((l.split(": ")[0].lower(), l.split(": ", 1)[1]) for l in head.split("\\r\\n"))
        wanted = [(n.decode() if isinstance(n, bytes) else n).lower() for n in names]
        return {k: v for k, v in pairs.items() if not names or (k in wanted) != negate}
    def getBodyFile(self): return BytesIO(self.text.split("\\r\\n\\r\\n", 1)[1].encode())
    def getSize(self): return len(self.text)
    def isMultipart(self): return False
@implementer(imap4.IMailbox)
class Box:
    def __init__(self): self.all = [Message(1, "Subject: one\\r\\nFrom: a@example.org\\r\\n\\r\\nfirst\\r\\n"), Message(4, "Subject: two\\r\\n\\r\\nsecond\\r\\n")]
    def getUIDValidity(self): return 7
    def getUIDNext(self): return 5
    def getUID(self, n): return self.all[n - 1].uid
    def getMessageCount(self): return len(self.all)
    def getRecentCount(self): return 0
    def getUnseenCount(self): return len([m for m in self.all if "\\\\Seen" not in m.flags])
    def isWriteable(self): return 1
    def getFlags(self): return ["\\\\Seen", "\\\\Deleted"]
    def getHierarchicalDelimiter(self): return "/"
    def addListener(self, l): pass
    def removeListener(self, l): pass
    def destroy(self): pass
    def requestStatus(self, names): return imap4.statusRequestHelper(self, names)
    def fetch(self, messages, uid):
        messages.last = self.all[-1].uid if uid else len(self.all)
        return [(i + 1, m) for i, m in enumerate(self.all) if (m.uid if uid else i + 1) in messages]
    def store(self, messages, flags, mode, uid):
        told = {}
        for n, m in self.fetch(messages, uid):
            m.flags = set(flags) if mode == 0 else m.flags | set(flags) if mode > 0 else m.flags - set(flags)
            told[n] = m.getFlags()
        return told
    def expunge(self):
        gone = [m.uid for m in self.all if "\\\\Deleted" in m.flags]
        self.all = [m for m in self.all if "\\\\Deleted" not in m.flags]
        return gone
    def addMessage(self, message, flags=(), date=None):
        self.all.append(Message(5, message.read().decode()))
        self.all[-1].flags = set(flags)
        from twisted.internet import defer
        return defer.succeed(5)
box = Box()
class Account(imap4.MemoryAccount):
    pass
account = Account(b"alice")
account.addMailbox("INBOX", box)
@implementer(portal.IRealm)
class Realm:
    def requestAvatar(self, name, mind, *interfaces): return imap4.IAccount, account, lambda: None
door = portal.Portal(Realm(), [checkers.InMemoryUsernamePasswordDatabaseDontUse(alice=b"wonderland")])
class Factory(protocol.Factory):
    def buildProtocol(self, address):
        server = imap4.IMAP4Server()
        server.portal = door
        server.factory = self
        return server
def listening(port):
    print(port.getHost().port, flush=True)
endpoints.serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(Factory()).addCallback(listening)
reactor.run()
`;

test("Twisted's server and our client", async (t) => {
  if (spawnSync("/usr/bin/python3", ["-c", "import twisted.mail"]).status !== 0)
    return t.skip("python3-twisted is not installed");
  const child = spawn("/usr/bin/python3", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const login = { user: "alice", password: "wonderland" };
    await using mail = await connectImap(`tcp:127.0.0.1:${line.toString().trim()}`, { reactor: nodeReactor, login });
    await using inbox = await mail.select("INBOX");
    assert.deepEqual([inbox.exists, inbox.uidValidity], [2, 7]);
    const told: unknown[] = [];
    for await (const { uid, envelope, flags, sections } of inbox.fetch("1:*", [
      "uid",
      "envelope",
      "flags",
      { section: "TEXT" },
    ]))
      told.push([uid, envelope.subject, flags.size, Buffer.from(sections.get("TEXT")!).toString()]);
    assert.deepEqual(told, [
      [1, "one", 0, "first\r\n"],
      [4, "two", 0, "second\r\n"],
    ]);
    await inbox.store(4, { operation: "add", flags: ["\\Deleted"], silent: true });
    await inbox.expunge();
    assert.deepEqual(await inbox.search({ all: true }), [1]);
    await mail.append("INBOX", { content: Buffer.from("Subject: three\r\n\r\nthird\r\n"), flags: ["\\Seen"] });
    assert.equal((await mail.status("INBOX", ["MESSAGES"])).get("MESSAGES"), 2);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
});
