import { createHash } from "node:crypto";
import { dashboardScript } from "./script.ts";
import { dashboardStyle } from "./style.ts";

/** The one page. It holds no data: that comes to those who are logged in, as events. */
export const dashboardPage: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Hawser</title>
<link rel="icon" href="data:,">
<style>${dashboardStyle}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
  <div class="brand">
    <svg viewBox="0 0 32 32" aria-hidden="true"><path d="M3 21c4.3 0 4.3-10 8.7-10s4.3 10 8.6 10S24.6 11 29 11"/><path class="under" d="M3 11c4.3 0 4.3 10 8.7 10s4.3-10 8.6-10S24.6 21 29 21"/></svg>
    <div><h1 id="name">Hawser</h1><p id="facts"></p></div>
  </div>
  <div class="corner">
    <p id="status" class="status" role="status" aria-live="polite">Connecting</p>
    <button id="logout" type="button" class="quiet" hidden>Log out</button>
  </div>
</header>
<main id="main" tabindex="-1">
  <section id="login" aria-labelledby="login-title" hidden>
    <h2 id="login-title">Log in</h2>
    <p>Open the link that was printed when the application started<span id="or-users">, or log in as one of its users</span>.</p>
    <form id="login-form">
      <label>User <input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required></label>
      <label>Password <input id="password" name="password" type="password" autocomplete="current-password" required></label>
      <p id="login-error" role="alert"></p>
      <button type="submit">Log in</button>
    </form>
  </section>
  <div id="live" hidden>
    <section aria-labelledby="rates-title">
      <h2 id="rates-title" class="hidden">Rates</h2>
      <div class="tiles" id="tiles"></div>
    </section>
    <section aria-labelledby="services-title">
      <h2 id="services-title">Services</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="services-title">
      <table class="services" role="table">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Service</th><th role="columnheader" scope="col">State</th><th role="columnheader" scope="col">Listens on</th><th role="columnheader" scope="col" class="n">Open</th><th role="columnheader" scope="col" class="n">Accepted</th><th role="columnheader" scope="col" class="n">In</th><th role="columnheader" scope="col" class="n">Out</th></tr></thead>
        <tbody role="rowgroup" id="services"></tbody>
      </table>
      </div>
    </section>
    <section aria-labelledby="connections-title">
      <h2 id="connections-title">Connections <small id="connection-count"></small></h2>
      <div class="scroll tall" tabindex="0" role="region" aria-labelledby="connections-title">
      <table class="connections" role="table">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Peer</th><th role="columnheader" scope="col">Service</th><th role="columnheader" scope="col" class="n">Age</th><th role="columnheader" scope="col" class="n">In</th><th role="columnheader" scope="col" class="n">Out</th><th role="columnheader" scope="col"><span class="hidden">Abort</span></th></tr></thead>
        <tbody role="rowgroup" id="connections"></tbody>
      </table>
      </div>
    </section>
    <section aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <ol id="events" class="events" tabindex="0" aria-labelledby="events-title"></ol>
    </section>
  </div>
</main>
<script>${dashboardScript}</script>
</body>
</html>
`;

/** Nothing but what stands in the page itself may run or be loaded. */
export const dashboardPolicy: string = [
  "default-src 'none'",
  `script-src '${hashOf(dashboardScript)}'`,
  `style-src '${hashOf(dashboardStyle)}'`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
