/** Of all pages. Contrast of text is 7:1 or more in both schemes. */
export const STYLE = `
:root { --ink: #1c2330; --dim: #4a5465; --line: #d5dae3; --paper: #fff; --wash: #f4f6f9; --link: #0b4f9e;
  --add: #e3f5e6; --del: #fdeaea; --hunk: #e8eefb; --good: #14532d; --bad: #7f1d1d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf3; --dim: #b3bccb; --line: #3a4353; --paper: #14181f;
  --wash: #1d232d; --link: #9cc7ff; --add: #12351f; --del: #421c1f; --hunk: #1d2c4a; --good: #a7e3b9; --bad: #fbb4b4; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 0 1.25rem 3rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
header nav ol { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem; padding: 1rem 0; margin: 0;
  border-bottom: 1px solid var(--line); }
header nav li + li::before { content: "/"; color: var(--dim); padding-right: .25rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, dl { margin: .5rem 0; } .dim { color: var(--dim); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; }
dl.facts dt { color: var(--dim); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
code, pre, .id { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875em; }
.words { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.box { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: .75rem 0; background: var(--wash); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .25rem; } td:first-child { min-width: 10rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; } td:first-child { overflow-wrap: anywhere; } .nowrap { white-space: nowrap; }
ul.plain { list-style: none; padding: 0; margin: .5rem 0; } ul.row { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .65rem; font-size: .875rem; }
.tag.good { color: var(--good); } .tag.bad { color: var(--bad); }
pre.diff { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 0; margin: .75rem 0; overflow-x: auto;
  tab-size: 4; line-height: 1.45; }
pre.diff span { display: block; padding: 0 1rem; min-width: max-content; unicode-bidi: isolate; }
pre.diff .add { background: var(--add); } pre.diff .del { background: var(--del); }
pre.diff .hunk { background: var(--hunk); } pre.diff .file { font-weight: 700; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--dim); font-size: .875rem; }
`;
