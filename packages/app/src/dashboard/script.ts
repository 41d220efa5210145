/**
 * What the page does. It is a string, because it runs in browsers and is never compiled; its hash is in the page's policy.
 * Everything that came from the application goes into the page as text, never as markup.
 */
export const dashboardScript: string = String.raw`
"use strict";
const $ = (id) => document.getElementById(id);
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const svg = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// Numbers for people.

const units = (value, names, step) => {
  let at = 0;
  while (value >= step && at < names.length - 1) { value /= step; at++; }
  return [value >= 100 || (at === 0 && Number.isInteger(value)) ? Math.round(value).toString() : value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/, ""), names[at]];
};
const octets = (value) => units(value, ["B", "KiB", "MiB", "GiB", "TiB"], 1024);
const octetsText = (value) => octets(value).join("\u00a0");
const rate = (value) => value >= 1000 ? units(value, ["", "k", "M"], 1000).join("") : value >= 10 || Number.isInteger(value) ? Math.round(value).toString() : value.toFixed(1);
const whole = new Intl.NumberFormat("en").format;
const age = (ms) => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return seconds + "\u00a0s";
  if (seconds < 3600) return Math.floor(seconds / 60) + "\u00a0min";
  if (seconds < 86400) return Math.floor(seconds / 3600) + "\u00a0h\u00a0" + Math.floor(seconds / 60) % 60 + "\u00a0min";
  return Math.floor(seconds / 86400) + "\u00a0d\u00a0" + Math.floor(seconds / 3600) % 24 + "\u00a0h";
};
const clockTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format;

// Tiles: a figure, a word, a curve.

const pointsMax = 180;
const pointsLeast = 60;
let points = [];
const tileKinds = [
  { title: "Requests", keys: ["requestsPerS"], figure: (p) => [rate(p.requestsPerS), "per s"], word: (s) => whole(s.totals.requests) + " in all" },
  { title: "New connections", keys: ["acceptedPerS"], figure: (p) => [rate(p.acceptedPerS), "per s"], word: (s) => whole(s.connectionCount) + " open, " + whole(s.totals.accepted) + " in all" },
  { title: "Traffic", keys: ["octetsOutPerS", "octetsInPerS"], figure: (p) => { const [n, unit] = octets(p.octetsOutPerS + p.octetsInPerS); return [n, unit + "/s"]; }, legend: (p) => [["", "out " + octetsText(p.octetsOutPerS)], ["second", "in " + octetsText(p.octetsInPerS)]] },
  { title: "Errors", keys: ["errorsPerS"], figure: (p) => [rate(p.errorsPerS), "per s"], word: (s) => whole(s.totals.errors) + " in all, " + whole(s.totals.refusedLogins) + (s.totals.refusedLogins === 1 ? " login refused" : " logins refused") },
  { title: "Event loop delay", keys: ["loopP99Ms"], least: 5, figure: (p) => [p.loopP99Ms < 10 ? p.loopP99Ms.toFixed(1) : Math.round(p.loopP99Ms).toString(), "ms p99"], word: (s) => "p50 " + s.process.loopDelay.p50Ms.toFixed(1) + " ms, most " + Math.round(s.process.loopDelay.maxMs) + " ms" },
  { title: "Processor", keys: ["cpu"], least: 0.1, figure: (p) => [Math.round(p.cpu * 100).toString(), "% of a core"], word: (s) => age(s.process.cpuMs) + " spent" },
  { title: "Memory", keys: ["residentOctets"], figure: (p) => octets(p.residentOctets), word: (s) => octetsText(s.process.heapUsedOctets) + " of " + octetsText(s.process.heapTotalOctets) + " heap" },
  { title: "Descriptors", figure: (_, s) => [s.process.descriptors === undefined ? "?" : whole(s.process.descriptors), "open"], word: (s) => s.process.descriptorsMax === undefined ? "" : "of " + whole(s.process.descriptorsMax), share: (s) => (s.process.descriptors ?? 0) / (s.process.descriptorsMax ?? Infinity) },
];
const tiles = tileKinds.map((kind) => {
  const output = make("output", { ariaLive: "off" });
  const word = make("p");
  const curve = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
  $("tiles").append(make("div", { className: "tile" }, make("h3", { textContent: kind.title }), output, word, curve));
  return { ...kind, output, line: word, curve };
});
const noPoint = { requestsPerS: 0, acceptedPerS: 0, octetsInPerS: 0, octetsOutPerS: 0, errorsPerS: 0, loopP99Ms: 0, cpu: 0, residentOctets: 0 };
const drawTiles = (snapshot) => {
  const last = points[points.length - 1] ?? noPoint;
  for (const tile of tiles) {
    const [figure, unit] = tile.figure(last, snapshot);
    tile.output.replaceChildren(figure, make("small", { textContent: unit }));
    if (tile.legend === undefined) setText(tile.line, tile.word(snapshot));
    else tile.line.replaceChildren(...tile.legend(last).flatMap(([className, text]) => [make("i", { className, textContent: text }), " "]));
    drawCurve(tile, snapshot);
  }
};
const drawCurve = ({ curve, keys, least = 1, share }, snapshot) => {
  if (share !== undefined) {
    const bar = (width, name) => svg("rect", { x: 0, y: 36, width, height: 4, class: name });
    curve.setAttribute("viewBox", "0 0 100 40");
    return curve.replaceChildren(bar(100, "track"), bar(Math.min(1, share(snapshot)) * 100, "share"));
  }
  const width = Math.max(pointsLeast, points.length) - 1;
  curve.setAttribute("viewBox", "0 0 " + width + " 40");
  const top = Math.max(least, ...points.flatMap((point) => keys.map((key) => point[key]))) * 1.08;
  const line = (key) => points.map((point, at) => (width + 1 - points.length + at) + "," + (38 - 36 * point[key] / top).toFixed(2)).join(" ");
  const first = line(keys[0]);
  const start = width + 1 - points.length;
  curve.replaceChildren(
    svg("polygon", { points: start + ",40 " + first + " " + width + ",40" }),
    ...keys.map((key, at) => svg("polyline", { points: at === 0 ? first : line(key), class: at === 0 ? "" : "second" })));
};

// Tables: rows are kept, so that what one reads, selects or has the focus on stays.

const syncRows = (body, items, keyOf, fill, nothing) => {
  const rows = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  let next = body.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let row = rows.get(key);
    rows.delete(key);
    if (row === undefined) { row = make("tr", { role: "row" }); row.dataset.key = key; }
    if (row === next) next = next.nextElementSibling;
    else body.insertBefore(row, next);
    fill(row, item);
  }
  for (const row of rows.values()) row.remove();
  if (items.length === 0) body.append(make("tr", { className: "empty", role: "row" }, make("td", { colSpan: 7, role: "cell", textContent: nothing })));
};
const cells = (row, count, classNames) => {
  const heads = row.closest("table").tHead.rows[0].cells;
  while (row.cells.length < count) {
    const cell = make("td", { className: classNames[row.cells.length] ?? "", role: "cell" });
    cell.dataset.label = heads[row.cells.length].textContent;
    row.append(cell);
  }
  return row.cells;
};
const fillService = (row, service) => {
  const [name, state, listens, open, accepted, input, output] = cells(row, 7, ["", "", "soft", "n", "n", "n", "n"]);
  const { listeners } = service;
  const sum = (key) => listeners.reduce((total, listener) => total + listener[key], 0);
  const shown = JSON.stringify([service.command, service.state, service.restarts, service.failure]);
  if (row.dataset.shown !== shown) {
    row.dataset.shown = shown;
    name.className = service.depth > 0 ? "depth" : "";
    name.replaceChildren(service.name);
    if (service.command !== service.name) name.append(make("span", { className: "sub", textContent: service.command }));
    state.replaceChildren(make("span", { className: "state " + service.state, textContent: service.state }), make("span", { className: "sub" }));
    const isAway = service.state === "restarting" || service.state === "failed";
    if (service.failure !== undefined) state.append(make("span", { className: isAway ? "sub bad" : "sub", textContent: (isAway ? "" : "It broke: ") + service.failure }));
  }
  const restarts = service.restarts === 0 ? "" : ", " + service.restarts + (service.restarts === 1 ? " restart" : " restarts");
  setText(state.children[1], "for " + age(service.forMs) + restarts);
  const places = listeners.map((listener) => listener.endpoint).join("\n");
  if (listens.dataset.shown !== places) {
    listens.dataset.shown = places;
    listens.replaceChildren(make("ul", {}, ...listeners.map((listener) => make("li", { textContent: listener.endpoint }))));
  }
  const figures = listeners.length === 0 ? ["", "", "", ""] : [whole(sum("open")), whole(sum("accepted")), octetsText(sum("octetsIn")), octetsText(sum("octetsOut"))];
  [open, accepted, input, output].forEach((cell, at) => setText(cell, figures[at]));
};
const fillConnection = (row, connection) => {
  const [peer, service, forHow, input, output, abort] = cells(row, 6, ["", "soft", "n", "n", "n", ""]);
  if (abort.firstChild === null) {
    peer.append(connection.peer);
    if (connection.security !== undefined) peer.append(" ", make("span", { className: "soft", textContent: connection.security }));
    const button = make("button", { className: "quiet", type: "button", textContent: "Abort", ariaLabel: "Abort the connection of " + connection.peer });
    button.addEventListener("click", () => abortConnection(connection.id, button));
    abort.append(button);
  }
  setText(service, connection.service);
  setText(forHow, age(connection.ageMs));
  setText(input, octetsText(connection.octetsIn));
  setText(output, octetsText(connection.octetsOut));
};
const abortConnection = async (id, button) => {
  button.disabled = true;
  await fetch("connections/" + id, { method: "DELETE" });
};

// Events: the newest at the bottom, and in view unless somebody has scrolled up to read.

const eventsMax = 200;
const addEvents = (events) => {
  const list = $("events");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 24;
  for (const { at, level, text } of events) {
    const time = make("time", { textContent: clockTime(at), dateTime: new Date(at).toISOString() });
    list.append(make("li", { className: level }, time, make("b", { textContent: level }), make("span", { textContent: text })));
  }
  while (list.childElementCount > eventsMax) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
};

// The whole page.

const draw = (snapshot) => {
  setText($("name"), snapshot.name);
  document.title = snapshot.name + " \u00b7 Hawser";
  const { process } = snapshot;
  setText($("facts"), "up " + age(process.uptimeMs) + " \u00b7 Hawser " + process.hawserVersion + " \u00b7 Node " + process.nodeVersion + " \u00b7 process " + process.pid);
  if (snapshot.isStopping) setStatus("warn", "Stopping");
  else if (snapshot.isReady) setStatus("good", "All services run");
  else setStatus("bad", "A service is away");
  drawTiles(snapshot);
  syncRows($("services"), snapshot.services.map((service, at) => ({ ...service, at })), (service) => service.name + " " + service.depth + " " + (snapshot.services.findIndex((other) => other.name === service.name) !== service.at), fillService, "There are no services");
  syncRows($("connections"), snapshot.connections, (connection) => connection.id, fillConnection, "Nobody is connected");
  const { length } = snapshot.connections;
  setText($("connection-count"), snapshot.connectionCount > length ? "the youngest " + length + " of " + whole(snapshot.connectionCount) : whole(snapshot.connectionCount));
};
const setStatus = (className, text) => {
  $("status").className = "status " + className;
  setText($("status"), text);
};
const show = (isIn) => {
  $("live").hidden = !isIn;
  $("logout").hidden = !isIn;
  $("login").hidden = isIn;
  if (!isIn) { setStatus("", "Not logged in"); setText($("facts"), ""); setText($("name"), "Hawser"); $("user").focus(); }
};

// Logging in, and staying connected.

let source;
const connect = () => {
  source?.close();
  source = new EventSource("events");
  source.addEventListener("hello", ({ data }) => {
    const hello = JSON.parse(data);
    points = hello.points.slice(-pointsMax);
    show(true);
    $("events").replaceChildren();
    draw(hello);
    addEvents(hello.events);
  });
  source.addEventListener("tick", ({ data }) => {
    const tick = JSON.parse(data);
    if (tick.point) points = [...points, tick.point].slice(-pointsMax);
    draw(tick);
    addEvents(tick.events);
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return setStatus("bad", "Connection lost, trying again");
    lost();
  });
};
// The browser has given up: nobody is logged in, or the server says something else.
const lost = async () => {
  try {
    if (!(await isLoggedIn())) return show(false);
  } catch {}
  setStatus("bad", "Connection lost, trying again");
  setTimeout(connect, 3000);
};
const isLoggedIn = async () => {
  const { user, hasUsers } = await (await fetch("session")).json();
  $("login-form").hidden = !hasUsers;
  $("or-users").hidden = !hasUsers;
  return user !== null;
};
const logIn = (credentials) => fetch("session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(credentials) });
$("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  setText($("login-error"), "");
  try {
    const answer = await logIn({ user: $("user").value, password: $("password").value });
    if (answer.ok) { $("password").value = ""; connect(); }
    else setText($("login-error"), answer.status === 429 ? "Too many attempts. Wait " + (answer.headers.get("retry-after") ?? "some") + " seconds." : answer.status === 403 ? "User or password is wrong." : "It did not work (" + answer.status + ").");
  } catch { setText($("login-error"), "The server does not answer."); }
  button.disabled = false;
});
$("logout").addEventListener("click", async () => {
  source?.close();
  await fetch("session", { method: "DELETE" });
  show(false);
});
const begin = async () => {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) {
    history.replaceState(null, "", location.pathname);
    await logIn({ token });
  }
  if (await isLoggedIn()) connect();
  else show(false);
};
begin();
`;
