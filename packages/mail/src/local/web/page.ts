import { createHash } from "node:crypto";
import { mailLocalScript } from "./script.ts";
import { mailLocalStyle } from "./style.ts";

const envelope = `<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/></svg>`;

/** The one page. It holds no mail: that comes over the API. */
export const mailLocalPage: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Mail</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect x='3' y='7' width='26' height='18' rx='3' fill='%230b5c7d'/%3E%3Cpath d='m4 9 12 9 12-9' fill='none' stroke='%23fff' stroke-width='2.4'/%3E%3C/svg%3E">
<style>${mailLocalStyle}</style>
</head>
<body>
<a class="skip" href="#list">Skip to the messages</a>
<header>
  <div class="brand">
    <svg class="knot" viewBox="0 0 32 32" aria-hidden="true"><path d="M3 21c4.3 0 4.3-10 8.7-10s4.3 10 8.6 10S24.6 11 29 11"/><path class="under" d="M3 11c4.3 0 4.3 10 8.7 10s4.3-10 8.6-10S24.6 21 29 21"/></svg>
    <h1>Mail</h1>
    <p id="count" aria-live="polite"></p>
  </div>
  <form id="filter" role="search">
    <label class="hidden" for="search">Search</label>
    <input id="search" type="search" placeholder="Search subject, people, text" autocomplete="off" spellcheck="false">
    <label class="check"><input id="unread" type="checkbox"> Unread</label>
  </form>
  <div class="corner">
    <p id="status" class="status" role="status">Connecting</p>
    <button id="read-all" type="button" class="quiet">Mark all read</button>
    <button id="delete-all" type="button" class="quiet">Delete all</button>
    <button id="help" type="button" class="quiet" aria-haspopup="dialog" aria-label="Keys" title="Keys (?)">?</button>
  </div>
</header>
<main>
  <nav id="list" aria-label="Messages" tabindex="-1">
    <ol id="messages"></ol>
    <button id="more" type="button" class="quiet" hidden>Show more</button>
    <div id="empty" class="empty" hidden>
      ${envelope}
      <h2 id="empty-title">No mail yet</h2>
      <p id="empty-text">What a program sends here shows up at once.</p>
    </div>
  </nav>
  <article id="message" aria-labelledby="subject" hidden>
    <div class="bar">
      <a id="back" class="button quiet" href="#/"><span aria-hidden="true">←</span> All</a>
      <span class="space"></span>
      <button id="mark" type="button" class="quiet">Mark unread</button>
      <button id="release" type="button" class="quiet" aria-haspopup="dialog" hidden>Send on</button>
      <a id="download" class="button quiet" href="#/" download>Save</a>
      <button id="delete" type="button" class="quiet danger">Delete</button>
    </div>
    <h2 id="subject" tabindex="-1"></h2>
    <p id="refused" class="banner bad" hidden>The sender was told no: this message breaks an RFC.</p>
    <dl id="people"></dl>
    <ul id="attachments" aria-label="Attachments"></ul>
    <div id="tabs" role="tablist" aria-label="Views of the message"></div>
    <div id="view" role="tabpanel" tabindex="0"></div>
  </article>
  <div id="none" class="empty" hidden>
    ${envelope}
    <p>Choose a message to read it.</p>
  </div>
</main>
<dialog id="sending" aria-labelledby="sending-title">
  <h2 id="sending-title">Send on</h2>
  <form id="sending-form">
    <label for="sending-to">To, parted by commas</label>
    <input id="sending-to" autocomplete="email" spellcheck="false" required>
    <p id="sending-said" role="status"></p>
    <div><button id="sending-cancel" type="button" class="quiet">Close</button> <button type="submit">Send</button></div>
  </form>
</dialog>
<dialog id="keys" aria-labelledby="keys-title">
  <h2 id="keys-title">Keys</h2>
  <dl>
    <div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next and previous message</dd></div>
    <div><dt><kbd>/</kbd></dt><dd>search</dd></div>
    <div><dt><kbd>1</kbd>…<kbd>8</kbd></dt><dd>views of the message</dd></div>
    <div><dt><kbd>u</kbd></dt><dd>mark read or unread</dd></div>
    <div><dt><kbd>#</kbd> <kbd>Del</kbd></dt><dd>delete</dd></div>
    <div><dt><kbd>Esc</kbd></dt><dd>back to the list</dd></div>
  </dl>
  <form method="dialog"><button>Close</button></form>
</dialog>
<script>${mailLocalScript}</script>
</body>
</html>
`;

/** Nothing but what stands in the page itself may run; frames are those of mail, which have a policy of their own. */
export const mailLocalPolicy: string = [
  "default-src 'none'",
  `script-src '${hashOf(mailLocalScript)}'`,
  `style-src '${hashOf(mailLocalStyle)}'`,
  "connect-src 'self'",
  "frame-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
