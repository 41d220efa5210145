/**
 * The look of a folder's page: a quiet sheet, ink on paper by day and by night, in which names are what one sees. Nothing
 * is loaded from anywhere.
 */
export const listingStyle: string = `
:root{color-scheme:light dark;--paper:#fbfaf7;--ink:#1d232b;--soft:#6d747d;--line:#e6e2d9;--hover:#f1eee6;--sea:#0b5c7d;--rope:#b98538}
@media(prefers-color-scheme:dark){:root{--paper:#12171c;--ink:#e4e7ea;--soft:#8d97a1;--line:#252d35;--hover:#1a2129;--sea:#7cc4e2;--rope:#d7a65c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;border-top:3px solid var(--rope)}
main{max-width:60rem;margin:0 auto;padding:clamp(1.25rem,5vw,3.5rem) clamp(1rem,4vw,2rem) 4rem}
a{color:inherit;text-decoration:none}
a:focus-visible{outline:2px solid var(--sea);outline-offset:2px;border-radius:4px}
nav{font-size:.875rem;color:var(--soft);overflow-wrap:anywhere}
nav a:hover{color:var(--sea);text-decoration:underline}
nav b{font-weight:500;color:var(--ink)}
nav i{margin:0 .45em;opacity:.5;font-style:normal}
h1{font-size:clamp(1.6rem,4vw,2.25rem);line-height:1.2;letter-spacing:-.02em;font-weight:650;margin:.35rem 0 0;overflow-wrap:anywhere}
.sum{margin:.25rem 0 1.75rem;color:var(--soft);font-size:.875rem}
table{width:100%;border-collapse:collapse;table-layout:fixed}
th{font-weight:500;font-size:.8rem;color:var(--soft);text-align:left;padding:0;border-bottom:1px solid var(--line)}
th a{display:block;padding:.5rem .75rem}
th a:hover,th[aria-sort]{color:var(--ink)}
th span{margin-left:.35em;color:var(--rope)}
th.size{width:6.5rem}
th.modified{width:11rem}
th.size,td:nth-child(2){text-align:right}
td{padding:0 .75rem;border-bottom:1px solid var(--line);color:var(--soft);font-size:.875rem;font-variant-numeric:tabular-nums;white-space:nowrap}
td:first-child{padding:0;font-size:inherit}
td:first-child a{display:flex;align-items:center;gap:.7rem;padding:.5rem .75rem;color:var(--ink);white-space:normal}
td:first-child span{overflow-wrap:anywhere}
tbody tr:hover{background:var(--hover)}
tbody tr:hover td:first-child a{color:var(--sea)}
.folder td:first-child a{font-weight:550}
.up td:first-child a{color:var(--soft)}
small{font-size:inherit;opacity:.7;margin-left:.3em}
svg{flex:none;width:1.1rem;height:1.1rem;fill:none;stroke:var(--soft);stroke-width:1.2;stroke-linejoin:round;stroke-linecap:round}
.folder svg{fill:var(--rope);stroke:var(--rope);fill-opacity:.25}
@media(max-width:36rem){th.modified,td:nth-child(3){display:none}th.size{width:5.5rem}}
@media print{body{border:0}svg{display:none}}
`;
