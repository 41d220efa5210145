/**
 * The look of the dashboard: ink on paper by day and by night, as Hawser's other pages. State is told by a word and a
 * shape, never by colour alone; all text has a contrast of 4.5 at least.
 */
export const dashboardStyle: string = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d232b; --soft: #5f6771; --line: #e6e2d9; --hover: #f4f1ea;
  --sea: #0b5c7d; --rope: #b98538; --good: #1f6f43; --warn: #8a5a00; --bad: #a8321f;
  --good-tint: #e4f2e9; --warn-tint: #f9eed5; --bad-tint: #fbe6e1; --fill: #0b5c7d1f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12171c; --card: #181e24; --ink: #e4e7ea; --soft: #9aa4ae; --line: #29323b; --hover: #1e262d;
    --sea: #7cc4e2; --rope: #d7a65c; --good: #7fd1a0; --warn: #e6b968; --bad: #f29a87;
    --good-tint: #17301f; --warn-tint: #33280f; --bad-tint: #3b1d17; --fill: #7cc4e226;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; background: var(--paper); color: var(--ink); border-top: 3px solid var(--rope);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums;
}
h1, h2, p { margin: 0; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--sea); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2rem); }
header { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; justify-content: space-between; padding-top: 1.5rem; padding-bottom: 1.5rem; }
.brand { display: flex; gap: .9rem; align-items: center; min-width: 0; }
.brand > div { min-width: 0; }
#facts:empty { display: none; }
.brand svg .under { opacity: .45; }
.brand svg { flex: none; width: 2.4rem; height: 2.4rem; fill: none; stroke: var(--rope); stroke-width: 2.2; stroke-linecap: round; }
h1 { font-size: 1.45rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; overflow-wrap: anywhere; }
#facts { color: var(--soft); font-size: .85rem; }
.corner { display: flex; gap: .75rem; align-items: center; }
.status { display: inline-flex; align-items: center; gap: .5rem; font-size: .85rem; font-weight: 550; color: var(--soft); }
.status::before { content: ""; width: .6rem; height: .6rem; border-radius: 50%; background: currentColor; }
.status.good { color: var(--good); } .status.warn { color: var(--warn); } .status.bad { color: var(--bad); }
.status.warn::before { border-radius: 2px; }
.status.bad::before { border-radius: 2px; transform: rotate(45deg); }
main { padding-bottom: 3rem; }
section + section { margin-top: 1.75rem; }
h2 { font-size: .95rem; font-weight: 600; margin-bottom: .6rem; }
h2 small { font-weight: 400; font-size: .85rem; color: var(--soft); margin-left: .35rem; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: .75rem; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem .95rem 0; overflow: hidden; }
.tile h3 { margin: 0; font-size: .8rem; font-weight: 500; color: var(--soft); }
.tile output { display: block; font-size: 1.5rem; line-height: 1.25; font-weight: 600; letter-spacing: -.02em; white-space: nowrap; }
.tile output small { font-size: .85rem; font-weight: 500; letter-spacing: 0; color: var(--soft); margin-left: .25rem; }
.tile p { font-size: .8rem; color: var(--soft); min-height: 1.2rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.tile svg { display: block; width: calc(100% + 1.9rem); margin: .35rem -.95rem 0; height: 2.6rem; }
.tile polyline { fill: none; stroke: var(--sea); stroke-width: 1.5; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.tile polyline.second { stroke: var(--rope); }
.tile polygon { fill: var(--fill); }
.tile .track { fill: var(--line); } .tile .share { fill: var(--sea); }
.tile i { font-style: normal; } .tile i::before { content: ""; display: inline-block; width: .7em; height: 2px; margin-right: .3em; vertical-align: .28em; background: var(--sea); }
.tile i.second::before { background: var(--rope); }
.scroll { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: auto; }
.tall { max-height: 22rem; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th { position: sticky; top: 0; background: var(--card); box-shadow: inset 0 -1px var(--line); font-weight: 500; font-size: .8rem; color: var(--soft); text-align: left; white-space: nowrap; }
th, td { padding: .5rem .95rem; }
td { border-top: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
tbody tr:first-child td { border-top: 0; }
tbody tr:hover { background: var(--hover); }
.n { text-align: right; }
td.soft, .soft { color: var(--soft); }
td:first-child { font-weight: 550; }
td .sub { display: block; font-weight: 400; font-size: .8rem; color: var(--soft); white-space: normal; overflow-wrap: anywhere; }
td .sub.bad { color: var(--bad); max-width: 26rem; }
td ul { list-style: none; margin: 0; padding: 0; }
.depth { padding-left: 1.1rem; }
.state { display: inline-block; padding: .05rem .55rem; border-radius: 99px; font-size: .8rem; font-weight: 550; color: var(--soft); background: var(--hover); }
.state.running { color: var(--good); background: var(--good-tint); }
.state.starting, .state.stopping, .state.restarting { color: var(--warn); background: var(--warn-tint); }
.state.failed { color: var(--bad); background: var(--bad-tint); }
.connections td { padding-top: .35rem; padding-bottom: .35rem; vertical-align: middle; }
.connections td:first-child { font-weight: 400; }
.connections td:last-child { text-align: right; padding-right: .6rem; }
.empty td { color: var(--soft); font-weight: 400 !important; text-align: left !important; padding: .9rem .95rem !important; }
button { font: inherit; font-weight: 550; color: var(--card); background: var(--sea); border: 1px solid var(--sea); border-radius: 7px; padding: .45rem 1rem; cursor: pointer; }
button:hover { filter: brightness(1.08); }
button:disabled { opacity: .6; cursor: default; }
button.quiet { color: var(--ink); background: transparent; border-color: var(--line); font-weight: 500; font-size: .85rem; padding: .3rem .75rem; }
button.quiet:hover { background: var(--hover); filter: none; }
.connections button { font-size: .8rem; padding: .1rem .55rem; }
.events { list-style: none; margin: 0; padding: .35rem 0; max-height: 22rem; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; font: 12.5px/1.65 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.events li { display: flex; gap: .75rem; padding: .05rem .95rem; }
.events li:hover { background: var(--hover); }
.events time { flex: none; color: var(--soft); }
.events b { flex: none; width: 3.2rem; font-weight: 600; color: var(--soft); }
.events .warn b { color: var(--warn); } .events .error b { color: var(--bad); }
.events span { overflow-wrap: anywhere; }
#login { max-width: 24rem; margin: 8vh auto 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.75rem; }
#login h2 { font-size: 1.2rem; margin-bottom: .25rem; }
#login p { color: var(--soft); font-size: .9rem; }
form { display: grid; gap: .9rem; margin-top: 1.25rem; }
label { display: grid; gap: .25rem; font-size: .85rem; font-weight: 550; }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 7px; padding: .5rem .7rem; width: 100%; }
#login-error { color: var(--bad); font-size: .85rem; } #login-error:empty { display: none; }
@media (max-width: 64rem) { .tiles { grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); } }
@media (max-width: 40rem) {
  body { font-size: 14.5px; }
  header { padding-top: 1.1rem; padding-bottom: 1.1rem; }
  .corner { width: 100%; justify-content: space-between; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .6rem; }
  .tile { padding: .65rem .75rem 0; } .tile svg { width: calc(100% + 1.5rem); margin: .25rem -.75rem 0; height: 2.1rem; }
  .tile output { font-size: 1.2rem; }
  .tile p { white-space: normal; min-height: 2.4rem; line-height: 1.2rem; } .tile i { white-space: nowrap; }
  table, tbody, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: grid; gap: 0 1rem; padding: .7rem .85rem; border-top: 1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  td, .connections td { padding: 0; border: 0; white-space: normal; overflow-wrap: anywhere; }
  .services tr { grid-template-columns: repeat(4, 1fr); }
  .services td:nth-child(1) { grid-column: 1 / 3; } .services td:nth-child(2) { grid-column: 3 / 5; text-align: right; }
  .services td:nth-child(3) { grid-column: 1 / 5; margin-top: .35rem; } .services td:nth-child(3):has(ul:empty) { display: none; }
  .services .n, .connections .n { text-align: left; } .services .n:empty { display: none; } .services .n { margin-top: .35rem; }
  .n::before { content: attr(data-label); display: block; font-size: .75rem; color: var(--soft); }
  .services .depth { padding-left: 1.1rem; }
  .connections tr { grid-template-columns: 1fr 1fr 1fr auto; align-items: center; }
  .connections td:nth-child(1) { grid-column: 1 / 3; } .connections td:nth-child(2) { text-align: right; padding: 0; grid-column: 3 / 5; }
  .connections td:last-child { padding: 0; align-self: end; }
  .events li { flex-wrap: wrap; gap: 0 .6rem; padding: .2rem .75rem; }
  .events span { flex: 1 0 100%; }
}
@media (prefers-reduced-motion: no-preference) { .status.good::before { animation: breathe 2.4s ease-in-out infinite; } }
@keyframes breathe { 50% { opacity: .45; } }
`;
