/**
 * What the page does. It is a string, because it runs in browsers and is never compiled; its hash is in the page's policy.
 * Everything that came by mail goes into the page as text, never as markup; HTML is shown by a frame that runs nothing.
 */
export const mailLocalScript: string = String.raw`
"use strict";
const $ = (id) => document.getElementById(id);
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== undefined));
  return element;
};
const api = async (method, path, body) => {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch("/api/v1/" + path, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw Object.assign(new Error((await response.json().catch(() => ({}))).error?.message ?? response.statusText), { status: response.status });
  return response.status === 204 ? undefined : response.json();
};

// Words for people.

const size = (octets) => {
  if (octets < 1024) return octets + " B";
  const [value, unit] = octets < 1048576 ? [octets / 1024, "KiB"] : [octets / 1048576, "MiB"];
  return (value < 10 ? value.toFixed(1) : Math.round(value)) + " " + unit;
};
const who = ({ name, address }) => name || address;
const full = ({ name, address }) => name ? name + " <" + address + ">" : address;
const many = (count, one, more = one + "s") => count + " " + (count === 1 ? one : more);
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });
const when = (text) => {
  const date = new Date(text);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date);
};

// The list.

let server = {};
let messages = [];
let total = 0;
let unread = 0;
let limit = 100;
let openId = 0;
const filters = () => {
  const query = new URLSearchParams({ limit });
  if ($("search").value.trim()) query.set("search", $("search").value.trim());
  if ($("unread").checked) query.set("isRead", "false");
  return query;
};
const isFiltered = () => $("search").value.trim() !== "" || $("unread").checked;

let loading, again = false;
const load = () => {
  if (loading) { again = true; return loading; }
  loading = (async () => {
    do {
      again = false;
      ({ messages, total, unread } = await api("GET", "messages?" + filters()));
      show();
    } while (again);
  })().catch((error) => status("bad", error.message)).finally(() => { loading = undefined; });
  return loading;
};
let soon;
const loadSoon = (ms) => { clearTimeout(soon); soon = setTimeout(load, ms); };

const rows = new Map();
const show = () => {
  const list = $("messages");
  const kept = new Set(messages.map(({ id }) => id));
  for (const [id, row] of rows) if (!kept.has(id)) { row.remove(); rows.delete(id); }
  messages.forEach((message, at) => {
    const shown = JSON.stringify(message);
    let row = rows.get(message.id);
    if (!row || row.shown !== shown) {
      const fresh = rowOf(message);
      fresh.shown = shown;
      if (row) row.replaceWith(fresh);
      rows.set(message.id, row = fresh);
    }
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
  });
  select();
  $("more").hidden = total <= messages.length;
  $("empty").hidden = messages.length > 0;
  showNone();
  $("empty-title").textContent = isFiltered() ? "Nothing found" : "No mail yet";
  $("empty-text").textContent = isFiltered() ? "No message has all of these words." : server.smtpUrl ? "What a program sends to " + server.smtpUrl + " shows up at once." : "What a program sends here shows up at once.";
  $("count").textContent = total === 0 ? "" : isFiltered() ? many(total, "message") + " found" : many(total, "message") + (unread ? ", " + unread + " unread" : "");
  document.title = (unread && !isFiltered() ? "(" + unread + ") " : "") + "Mail";
  $("delete-all").textContent = isFiltered() ? "Delete found" : "Delete all";
  for (const id of ["delete-all", "read-all"]) $(id).disabled = total === 0;
};
const showNone = () => { $("none").hidden = open !== undefined || messages.length === 0; };
const rowOf = (message) => {
  const { id, from, recipients, subject, preview, receivedAt, isRead, isRefused, attachmentCount, complaintCount } = message;
  const badges = make("span", { className: "badges" },
    isRefused ? make("span", { className: "badge bad", textContent: "refused" }) : undefined,
    complaintCount ? make("span", { className: "badge warn", textContent: many(complaintCount, "complaint") }) : undefined,
    attachmentCount ? make("span", { className: "badge", textContent: many(attachmentCount, "file") }) : undefined);
  const link = make("a", { href: "#/" + id, className: isRead ? "row" : "row unread" },
    make("span", { className: "top" },
      make("span", { className: "from", textContent: from.map(who).join(", ") || "(nobody)" }),
      make("time", { dateTime: receivedAt, title: whole.format(new Date(receivedAt)), textContent: when(receivedAt) })),
    make("span", { className: "to", textContent: "to " + (recipients.join(", ") || "nobody") }),
    make("span", { className: "subject", textContent: subject || "(no subject)" }),
    make("span", { className: "preview", textContent: preview }),
    badges.childElementCount ? badges : undefined,
    isRead ? undefined : make("span", { className: "hidden", textContent: "unread" }));
  return make("li", {}, link);
};
const select = () => {
  for (const [id, row] of rows) {
    const link = row.firstElementChild;
    if (id === openId) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};

// One message.

let open;
let view = "";
const views = () => [
  open.html && ["html", "HTML", htmlView],
  open.text && ["text", "Text", textView],
  ["checks", "Checks", checksView, open.complaints.length],
  ["header", "Header", headerView],
  ["parts", "Parts", partsView],
  ["source", "Source", sourceView],
  open.conversation.length && ["smtp", "SMTP", smtpView],
  open.links.length && ["links", "Links", linksView, open.links.length],
].filter(Boolean);

const openMessage = async (id) => {
  openId = id;
  select();
  const isSame = open?.id === id;
  if (id === 0) open = undefined;
  else try {
    open = await api("GET", "messages/" + id);
  } catch (error) {
    if (openId !== id) return;
    if (error.status !== 404) status("bad", error.message);
    return void (location.hash = "#/");
  }
  if (openId !== id) return;
  document.body.classList.toggle("reading", open !== undefined);
  $("message").hidden = open === undefined;
  showNone();
  if (!open) return;
  rows.get(id)?.scrollIntoView({ block: "nearest" });
  showHead();
  if (!isSame) showView(views().some(([name]) => name === view) && view !== "checks" ? view : views()[0][0]);
  if (!isSame) { $("message").scrollTop = 0; if (matchMedia("(max-width: 50rem)").matches) { scrollTo(0, 0); $("subject").focus({ preventScroll: true }); } }
  if (!open.isRead) await api("PATCH", "messages/" + id, { isRead: true }).then(() => { open.isRead = true; showHead(); }, () => {});
};
const showHead = () => {
  $("subject").textContent = open.subject || "(no subject)";
  $("refused").hidden = !open.isRefused;
  $("release").hidden = !server.canRelease;
  $("mark").textContent = open.isRead ? "Mark unread" : "Mark read";
  $("download").href = "/api/v1/messages/" + open.id + "/source?download";
  const people = [
    ["From", open.from.map(full).join(", ")], ["To", open.to.map(full).join(", ")], ["Cc", open.cc.map(full).join(", ")],
    ["Bcc", open.bcc.join(", ")], ["Reply to", open.replyTo.map(full).join(", ")],
    ["Envelope", open.envelope ? (open.envelope.from || "<>") + " → " + open.envelope.to.join(", ") : ""],
    ["Date", (open.date ? whole.format(new Date(open.date)) : "none; came " + whole.format(new Date(open.receivedAt))) + ", " + size(open.octets)],
  ].filter(([, value]) => value);
  $("people").replaceChildren(...people.map(([name, value]) => make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value }))));
  $("attachments").replaceChildren(...open.attachments.map(({ part, filename, contentType, octets }) => make("li", {},
    make("a", { href: "/api/v1/messages/" + open.id + "/parts/" + part, download: "" },
      make("b", { textContent: filename || "part " + part }), make("small", { textContent: contentType + ", " + size(octets) })))));
  $("attachments").hidden = open.attachments.length === 0;
};
const showView = (name, focus = false) => {
  view = name;
  const all = views();
  $("tabs").replaceChildren(...all.map(([one, title, , count]) => {
    const tab = make("button", { type: "button", id: "tab-" + one, textContent: title, tabIndex: one === name ? 0 : -1 },
      count ? make("small", { textContent: count }) : undefined);
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", one === name);
    tab.setAttribute("aria-controls", "view");
    tab.onclick = () => showView(one, true);
    return tab;
  }));
  $("view").setAttribute("aria-labelledby", "tab-" + name);
  $("view").className = name;
  $("view").replaceChildren();
  all.find(([one]) => one === name)[2]($("view"));
  if (focus) $("tab-" + name).focus();
};
$("tabs").onkeydown = (event) => {
  const names = views().map(([name]) => name);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const to = event.key === "Home" ? 0 : event.key === "End" ? names.length - 1 : step && (names.indexOf(view) + step + names.length) % names.length;
  if (to === undefined) return;
  event.preventDefault();
  showView(names[to], true);
};

const htmlView = (place) => {
  const { id } = open;
  const address = (remote) => "/api/v1/messages/" + id + "/html" + (remote ? "?remote=1" : "");
  const frame = make("iframe", { title: "The HTML of the message", src: address(false), referrerPolicy: "no-referrer" });
  frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  const widths = make("span", { className: "widths" }, ...[["Full", ""], ["Tablet", "768px"], ["Phone", "375px"]].map(([name, width], at) => {
    const button = make("button", { type: "button", className: "quiet small", textContent: name });
    button.setAttribute("aria-pressed", at === 0);
    button.onclick = () => {
      for (const other of widths.children) other.setAttribute("aria-pressed", other === button);
      frame.style.maxWidth = width;
    };
    return button;
  }));
  const bar = make("div", { className: "viewbar" }, widths);
  place.append(bar, frame);
  fetch(address(false), { method: "HEAD" }).then(({ headers }) => {
    if (headers.get("x-remote-content") !== "yes" || open?.id !== id) return;
    const button = make("button", { type: "button", className: "quiet small", textContent: "Load them" });
    const note = make("span", { className: "note" }, make("span", { textContent: "Pictures from elsewhere are not loaded." }), button);
    button.onclick = () => { frame.src = address(true); note.replaceChildren("Pictures from elsewhere are loaded."); };
    bar.prepend(note);
  }, () => {});
};
const textView = (place) => place.append(make("pre", { className: "prose", textContent: open.text }));
const headerView = (place) => place.append(make("dl", { className: "fields" }, ...open.header.map(({ name, value }) =>
  make("div", {}, make("dt", { textContent: name || "(no field)" }), make("dd", { textContent: value })))));
const linksView = (place) => place.append(make("ul", { className: "plain" }, ...open.links.map((link) =>
  make("li", {}, make("a", { href: link, target: "_blank", rel: "noopener noreferrer", textContent: link })))));
const smtpView = (place) => {
  const { envelope } = open;
  if (envelope) place.append(make("p", { className: "note", textContent: "From " + envelope.peer + (envelope.security ? " over " + envelope.security : "") + (envelope.user ? ", logged in as " + envelope.user : "") }));
  place.append(make("pre", { className: "talk" }, ...open.conversation.map((line) => make("span", { className: line.startsWith("C:") ? "client" : line.startsWith("S:") ? "server" : "aside", textContent: line + "\n" }))));
};
const levels = { error: ["bad", "must"], warning: ["warn", "should"], advice: ["", "advice"] };
const checksView = (place) => {
  if (open.complaints.length === 0) return place.append(make("div", { className: "fine" }, make("b", { textContent: "Nothing to complain about" }), make("p", { textContent: "The message and how it was sent follow the RFCs, as far as is looked." })));
  place.append(make("ul", { className: "complaints" }, ...open.complaints.map(({ level, text, section, line, excerpt }) => {
    const [, number, at] = /^RFC (\d+) §([\d.]+)$/.exec(section) ?? [];
    const jump = line === undefined ? undefined : make("button", { type: "button", className: "quiet small", textContent: "Line " + line });
    if (jump) jump.onclick = () => { markedLine = line; showView("source", true); };
    return make("li", {},
      make("span", { className: "badge " + levels[level][0], textContent: levels[level][1] }),
      make("div", {},
        make("p", { textContent: text }),
        excerpt ? make("code", { textContent: excerpt }) : undefined,
        make("p", { className: "where" }, make("a", { href: "https://www.rfc-editor.org/rfc/rfc" + number + "#section-" + at, target: "_blank", rel: "noopener noreferrer", textContent: section }), jump)));
  })));
};
const partsView = (place) => {
  const tree = (part) => make("li", {},
    make("div", {},
      part.parts.length === 0 ? make("a", { href: "/api/v1/messages/" + open.id + "/parts/" + part.part, download: "", textContent: part.contentType }) : make("b", { textContent: part.contentType }),
      make("small", { textContent: [part.part && "part " + part.part, part.filename, part.charset, part.transferEncoding, size(part.octets)].filter(Boolean).join(" · ") })),
    part.parts.length ? make("ul", {}, ...part.parts.map(tree)) : undefined);
  place.append(make("ul", { className: "tree" }, tree(open.structure)));
};
let markedLine;
const sourceMax = 1000000;
const linesMax = 4000;
const sourceView = async (place) => {
  const { id } = open;
  const text = await (await fetch("/api/v1/messages/" + id + "/source")).text();
  if (open?.id !== id || view !== "source") return;
  const shown = text.slice(0, sourceMax).split(/\r?\n/);
  if (shown.at(-1) === "") shown.pop();
  const lines = shown.slice(0, linesMax).map((line) => make("span", { textContent: line + "\n" }));
  const rest = shown.length > linesMax ? shown.slice(linesMax).join("\n") : "";
  place.replaceChildren(make("pre", { className: "source" }, ...lines, rest));
  if (text.length > sourceMax) place.append(make("p", { className: "note", textContent: "There is more: save the message to see it." }));
  const marked = markedLine && lines[markedLine - 1];
  markedLine = undefined;
  if (marked) { marked.className = "marked"; marked.scrollIntoView({ block: "center" }); }
};

// What one can do.

const route = () => openMessage(Number(/^#\/(\d+)$/.exec(location.hash)?.[1] ?? 0));
const step = (by) => {
  const at = messages.findIndex(({ id }) => id === openId);
  const next = messages[at === -1 ? 0 : Math.min(messages.length - 1, Math.max(0, at + by))];
  if (next) location.hash = "#/" + next.id;
};
const removeOpen = async () => {
  if (!open) return;
  const at = messages.findIndex(({ id }) => id === open.id);
  const next = messages[at + 1] ?? messages[at - 1];
  await api("DELETE", "messages/" + open.id).catch((error) => status("bad", error.message));
  location.hash = next && !matchMedia("(max-width: 50rem)").matches ? "#/" + next.id : "#/";
};
const toggleRead = async () => {
  if (!open) return;
  open.isRead = !open.isRead;
  await api("PATCH", "messages/" + open.id, { isRead: open.isRead }).catch((error) => status("bad", error.message));
  showHead();
};
const askWhere = () => {
  $("sending-to").value = open.recipients.join(", ");
  $("sending-said").textContent = "";
  $("sending").showModal();
};
const sendOn = async (event) => {
  event.preventDefault();
  const to = $("sending-to").value.split(",").map((one) => one.trim()).filter(Boolean);
  $("sending-said").textContent = "Sending…";
  try {
    const { accepted, rejected } = await api("POST", "messages/" + open.id + "/release", { to });
    $("sending-said").textContent = ["Sent to " + accepted.join(", "), ...rejected.map(({ address, reply }) => address + ": " + reply)].join("; ");
  } catch (error) {
    $("sending-said").textContent = error.message;
  }
};
// "Delete all" asks by itself, so that nobody is stopped by a window.
const removeAll = async () => {
  const button = $("delete-all");
  if (button.dataset.sure !== "yes") {
    button.dataset.sure = "yes";
    button.classList.add("danger");
    button.textContent = "Sure?";
    setTimeout(() => { button.dataset.sure = ""; button.classList.remove("danger"); show(); }, 3000);
    return;
  }
  button.dataset.sure = "";
  const query = filters();
  query.delete("limit");
  await api("DELETE", "messages?" + query).catch((error) => status("bad", error.message));
  location.hash = "#/";
};
const markAll = async () => {
  const query = filters();
  query.delete("limit");
  await api("PATCH", "messages?" + query, { isRead: true }).catch((error) => status("bad", error.message));
};

addEventListener("hashchange", route);
$("search").oninput = () => loadSoon(120);
$("unread").onchange = load;
$("filter").onsubmit = (event) => { event.preventDefault(); load(); };
$("more").onclick = () => { limit = Math.min(500, limit + 200); load(); };
$("delete").onclick = removeOpen;
$("mark").onclick = toggleRead;
$("release").onclick = askWhere;
$("sending-form").onsubmit = sendOn;
$("sending-cancel").onclick = () => $("sending").close();
$("delete-all").onclick = removeAll;
$("read-all").onclick = markAll;
$("help").onclick = () => $("keys").showModal();
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "") && document.activeElement.type !== "checkbox";
  if (event.key === "Escape") {
    if (!isTyping) return void (location.hash = "#/");
    document.activeElement.blur();
    $("search").value = "";
    return void load();
  }
  if (isTyping) return;
  const number = /^[1-9]$/.test(event.key) && open ? views()[event.key - 1] : undefined;
  const keys = {
    j: () => step(1), k: () => step(-1), "/": () => $("search").focus(), "#": removeOpen, Delete: removeOpen,
    u: toggleRead, "?": () => $("keys").showModal(),
  };
  const act = number ? () => showView(number[0]) : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// What happens.

const status = (kind, text) => { $("status").className = "status " + kind; $("status").textContent = text; };
const events = new EventSource("/api/v1/events");
events.onopen = () => { status("good", "Live"); load(); };
events.onerror = () => status("warn", "Connecting again");
for (const name of ["added", "changed", "reset"]) events.addEventListener(name, () => loadSoon(50));
events.addEventListener("removed", ({ data }) => {
  loadSoon(50);
  if (JSON.parse(data).ids.includes(openId)) location.hash = "#/";
});
api("GET", "server").then((told) => { server = told; show(); if (open) showHead(); }, () => {});
route();
load();
`;
