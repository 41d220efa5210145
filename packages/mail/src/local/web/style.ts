/** The look of the page: ink on paper by day and by night, as Hawser's other pages; all text has a contrast of 4.5 at least. */
export const mailLocalStyle: string = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d232b; --soft: #5f6771; --line: #e6e2d9; --hover: #f4f1ea; --chosen: #e6f0f4;
  --sea: #0b5c7d; --rope: #b98538; --good: #1f6f43; --warn: #8a5a00; --bad: #a8321f;
  --good-tint: #e4f2e9; --warn-tint: #f9eed5; --bad-tint: #fbe6e1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12171c; --card: #181e24; --ink: #e4e7ea; --soft: #9aa4ae; --line: #29323b; --hover: #1e262d; --chosen: #1a3039;
    --sea: #7cc4e2; --rope: #d7a65c; --good: #7fd1a0; --warn: #e6b968; --bad: #f29a87;
    --good-tint: #17301f; --warn-tint: #33280f; --bad-tint: #3b1d17;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; background: var(--paper); }
body {
  margin: 0; height: 100vh; height: 100dvh; display: grid; grid-template-rows: auto minmax(0, 1fr); background: var(--paper); color: var(--ink);
  border-top: 3px solid var(--rope); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums;
}
h1, h2, p, ol, ul, dl, dd, pre { margin: 0; padding: 0; }
ol, ul { list-style: none; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--sea); outline-offset: 2px; border-radius: 4px; }
nav:focus, #subject:focus, #view:focus { outline: none; }
a { color: var(--sea); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; flex-wrap: wrap; gap: .6rem 1.25rem; align-items: center; padding: .8rem clamp(.9rem, 2vw, 1.4rem); border-bottom: 1px solid var(--line); }
.brand { display: flex; gap: .7rem; align-items: baseline; }
.knot { align-self: center; flex: none; width: 2rem; height: 2rem; fill: none; stroke: var(--rope); stroke-width: 2.2; stroke-linecap: round; }
.knot .under { opacity: .45; }
h1 { font-size: 1.3rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; }
#count { color: var(--soft); font-size: .85rem; white-space: nowrap; }
#filter { flex: 1 1 16rem; display: flex; gap: .9rem; align-items: center; max-width: 34rem; }
#search { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .75rem; }
#search::placeholder { color: var(--soft); opacity: 1; }
.check { display: flex; gap: .4rem; align-items: center; font-size: .85rem; color: var(--soft); white-space: nowrap; }
.check input { accent-color: var(--sea); margin: 0; }
.corner { margin-left: auto; display: flex; gap: .5rem; align-items: center; }
.status { display: inline-flex; align-items: center; gap: .45rem; font-size: .85rem; font-weight: 550; color: var(--soft); margin-right: .4rem; white-space: nowrap; }
.status::before { content: ""; width: .55rem; height: .55rem; border-radius: 50%; background: currentColor; }
.status.good { color: var(--good); } .status.warn { color: var(--warn); } .status.bad { color: var(--bad); }
.status.warn::before { border-radius: 2px; }
.status.bad::before { border-radius: 2px; transform: rotate(45deg); }
button, .button { font: inherit; font-weight: 550; color: var(--card); background: var(--sea); border: 1px solid var(--sea); border-radius: 7px; padding: .4rem 1rem; cursor: pointer; white-space: nowrap; }
.button { display: inline-block; text-decoration: none; }
.quiet { color: var(--ink); background: transparent; border-color: var(--line); font-weight: 500; font-size: .85rem; padding: .3rem .75rem; }
.quiet:hover { background: var(--hover); }
.quiet.danger { color: var(--bad); }
.quiet.danger:hover { background: var(--bad-tint); border-color: var(--bad); }
.small { font-size: .8rem; padding: .12rem .6rem; }
button:disabled { opacity: .5; cursor: default; }
[aria-pressed="true"] { background: var(--chosen); border-color: var(--sea); }
main { display: grid; grid-template-columns: minmax(18rem, 25rem) minmax(0, 1fr); min-height: 0; }
nav { overflow-y: auto; border-right: 1px solid var(--line); overscroll-behavior: contain; }
#more { display: block; margin: .9rem auto; }
.row { position: relative; display: grid; gap: .05rem; padding: .65rem 1.1rem .7rem 1.6rem; color: inherit; text-decoration: none; border-bottom: 1px solid var(--line); }
.row:hover { background: var(--hover); }
.row:focus-visible { outline-offset: -2px; }
.row[aria-current] { background: var(--chosen); box-shadow: inset 3px 0 var(--sea); }
.row.unread::before { content: ""; position: absolute; left: .65rem; top: 1.2rem; width: .5rem; height: .5rem; border-radius: 50%; background: var(--sea); }
.row .top { display: flex; gap: .75rem; justify-content: space-between; align-items: baseline; }
.row .from, .row .subject, .row .preview, .row .to { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row .from { font-weight: 500; } .row time { flex: none; font-size: .8rem; color: var(--soft); }
.row .to { font-size: .8rem; color: var(--soft); order: 3; }
.row .subject { order: 1; } .row .preview { order: 2; }
.row .badges { order: 4; }
.row.unread .from, .row.unread .subject { font-weight: 650; }
.row .preview { color: var(--soft); font-size: .875rem; }
.badges { display: flex; flex-wrap: wrap; gap: .35rem; margin-top: .25rem; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 99px; font-size: .75rem; line-height: 1.5; font-weight: 550; color: var(--soft); background: var(--hover); border: 1px solid var(--line); white-space: nowrap; }
.badge.warn { color: var(--warn); background: var(--warn-tint); border-color: transparent; }
.badge.bad { color: var(--bad); background: var(--bad-tint); border-color: transparent; }
.empty { display: grid; justify-items: center; align-content: center; gap: .4rem; padding: 3rem 1.5rem; text-align: center; color: var(--soft); }
.empty svg { width: 3.2rem; height: 3.2rem; fill: none; stroke: var(--rope); stroke-width: 1.3; stroke-linejoin: round; opacity: .8; }
.empty h2 { font-size: 1.05rem; font-weight: 600; color: var(--ink); }
article { display: flex; flex-direction: column; min-height: 0; overflow-y: auto; padding: .9rem clamp(1rem, 2.5vw, 2rem) 1.25rem; background: var(--card); }
.bar { display: flex; gap: .5rem; align-items: center; margin-bottom: .8rem; }
.space { flex: 1; }
#back { visibility: hidden; }
h2#subject { font-size: 1.35rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
.banner { margin-top: .5rem; padding: .35rem .75rem; border-radius: 7px; font-size: .875rem; }
.banner.bad { color: var(--bad); background: var(--bad-tint); }
#people { display: grid; gap: .1rem; margin: .6rem 0 .9rem; font-size: .9rem; }
#people div { display: grid; grid-template-columns: 5rem minmax(0, 1fr); gap: .5rem; }
#people dt { color: var(--soft); } #people dd { overflow-wrap: anywhere; }
#attachments { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: .9rem; }
#attachments a { display: grid; max-width: 18rem; padding: .4rem .8rem; border: 1px solid var(--line); border-radius: 8px; color: inherit; text-decoration: none; font-size: .875rem; line-height: 1.35; background: var(--paper); }
#attachments a:hover { background: var(--hover); }
#attachments b { font-weight: 550; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#attachments small { color: var(--soft); }
#tabs { flex: none; display: flex; gap: .15rem; border-bottom: 1px solid var(--line); overflow-x: auto; scrollbar-width: none; }
#tabs button { color: var(--soft); background: transparent; border: 0; border-bottom: 2px solid transparent; border-radius: 0; margin-bottom: -1px; padding: .4rem .8rem; font-size: .9rem; font-weight: 500; }
#tabs button:hover { color: var(--ink); }
#tabs button[aria-selected="true"] { color: var(--ink); border-bottom-color: var(--sea); font-weight: 600; }
#tabs button:focus-visible { outline-offset: -2px; }
#tabs small { margin-left: .4rem; padding: 0 .4rem; border-radius: 99px; background: var(--hover); color: var(--soft); font-size: .75rem; font-weight: 550; }
#view { padding-top: .9rem; min-width: 0; }
#view.html { flex: 1; display: flex; flex-direction: column; min-height: 24rem; }
.viewbar { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; margin-bottom: .6rem; }
.widths { display: flex; gap: .35rem; margin-left: auto; }
.note { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: center; font-size: .85rem; color: var(--soft); } .note button { color: var(--ink); }
iframe { flex: 1; width: 100%; min-height: 20rem; border: 1px solid var(--line); border-radius: 8px; background: #fff; color-scheme: light; align-self: center; }
pre { font: 13px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
pre.prose { font-size: 14px; max-width: 52rem; }
pre.source { counter-reset: line; }
pre.source span { display: block; padding-left: 4rem; position: relative; min-height: 1.6em; }
pre.source span::before { counter-increment: line; content: counter(line); position: absolute; left: 0; width: 3.2rem; text-align: right; color: var(--soft); user-select: none; }
pre.source .marked { background: var(--warn-tint); border-radius: 4px; }
pre.talk { border: 1px solid var(--line); border-radius: 8px; padding: .7rem 1rem; margin-top: .6rem; background: var(--paper); }
.talk .client { color: var(--sea); font-weight: 550; } .talk .aside { color: var(--soft); }
.fields div { display: grid; grid-template-columns: minmax(7rem, 13rem) minmax(0, 1fr); gap: .75rem; padding: .35rem 0; border-bottom: 1px solid var(--line); font-size: .9rem; }
.fields dt { color: var(--soft); overflow-wrap: anywhere; } .fields dd { overflow-wrap: anywhere; }
.plain li { padding: .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; font-size: .9rem; }
.complaints li { display: grid; grid-template-columns: 4.6rem minmax(0, 1fr); gap: .75rem; padding: .7rem 0; border-bottom: 1px solid var(--line); }
.complaints .badge { justify-self: start; align-self: start; margin-top: .15rem; }
.complaints code { display: block; margin: .25rem 0; padding: .2rem .55rem; border-radius: 5px; background: var(--hover); font: 12.5px/1.5 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.complaints .where { display: flex; gap: .75rem; align-items: center; font-size: .85rem; margin-top: .2rem; }
.fine { padding: 1.2rem; border-radius: 10px; background: var(--good-tint); color: var(--good); max-width: 34rem; } .fine p { font-size: .9rem; }
.tree ul { margin-left: .55rem; padding-left: 1.1rem; border-left: 1px solid var(--line); }
.tree li > div { padding: .3rem 0; } .tree small { display: block; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
.tree b { font-weight: 600; }
dialog { color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem 1.75rem; min-width: 19rem; }
dialog::backdrop { background: #0006; }
dialog h2 { font-size: 1.1rem; margin-bottom: .75rem; }
dialog dl div { display: grid; grid-template-columns: 6rem 1fr; gap: 1rem; padding: .2rem 0; font-size: .9rem; }
dialog form { margin-top: 1.1rem; text-align: right; }
#sending { width: min(30rem, calc(100vw - 2rem)); }
#sending form { display: grid; gap: .5rem; text-align: left; margin: 0; }
#sending label { font-size: .85rem; font-weight: 550; }
#sending input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 7px; padding: .45rem .7rem; width: 100%; }
#sending div { display: flex; gap: .5rem; justify-content: flex-end; margin-top: .4rem; }
#sending-said { font-size: .875rem; color: var(--soft); overflow-wrap: anywhere; min-height: 1.3rem; }
kbd { font: 12px/1 ui-monospace, Menlo, Consolas, monospace; padding: .15rem .4rem; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; background: var(--paper); }
@media (max-width: 68rem) { header { flex-wrap: wrap; } #filter { order: 3; flex-basis: 100%; max-width: none; } }
@media (max-width: 50rem) {
  body { height: auto; min-height: 100vh; display: block; }
  header { padding: .7rem .9rem; gap: .55rem .75rem; }
  .corner { gap: .4rem; } .status { margin-right: 0; font-size: 0; gap: 0; } #help { display: none; }
  .corner .quiet { padding: .25rem .6rem; font-size: .8rem; }
  main { display: block; }
  nav { border-right: 0; overflow: visible; }
  .row { padding-right: .9rem; }
  #none, .reading nav, .reading header { display: none; }
  article { overflow: visible; min-height: 100vh; padding: .7rem .9rem 1.5rem; }
  #back { visibility: visible; }
  .bar { flex-wrap: wrap; position: sticky; top: 0; background: var(--card); padding: .4rem 0; margin-bottom: .4rem; z-index: 1; gap: .3rem; }
  .bar .quiet { padding: .3rem .45rem; font-size: .78rem; }
  h2#subject { font-size: 1.2rem; }
  #people div { grid-template-columns: 4.5rem minmax(0, 1fr); }
  #view.html { min-height: 70vh; }
  iframe { min-height: 65vh; }
  .widths { display: none; }
  .fields div { grid-template-columns: 1fr; gap: 0; }
  pre.source span { padding-left: 2.6rem; } pre.source span::before { width: 2rem; }
}
@media (prefers-reduced-motion: no-preference) { .status.good::before { animation: breathe 2.4s ease-in-out infinite; } }
@keyframes breathe { 50% { opacity: .45; } }
`;
