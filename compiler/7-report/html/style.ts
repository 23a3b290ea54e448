/** The page's style sheet: light, dark and printed. Text on every ground has a contrast of 4.5 and more (WCAG AA), marks 3. */

import { colours } from "./colours.js";

export const style = `
:root{color-scheme:light dark;${colours("light")}}
@media screen and (prefers-color-scheme:dark){:root{${colours("dark")}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1240px;margin:0 auto;padding:24px 20px 48px}
article+article{margin-top:56px;border-top:2px solid var(--line);padding-top:24px}
h1{font-size:28px;line-height:1.2;margin:0 0 2px;overflow-wrap:anywhere}
h2{font-size:20px;margin:40px 0 10px}
h3{font-size:16px;margin:28px 0 4px}
a{color:var(--link)}
nav ul{display:flex;flex-wrap:wrap;gap:16px;list-style:none;margin:0 0 16px;padding:0}
.lead,.note,small,figcaption{color:var(--soft)}
.lead{margin:0 0 20px}
.note{margin:8px 0;max-width:80ch}
.patterns{position:absolute}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:12px;margin:0 0 16px}
.cards div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
.cards dt{color:var(--soft);font-size:13px}
.cards dd{margin:0}
.cards strong{display:block;font-size:21px;line-height:1.35;font-weight:600;font-variant-numeric:tabular-nums}
.cards small{font-size:12.5px;line-height:1.35;display:block}
.scroll{overflow-x:auto;margin:0 0 8px}
.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:13.5px;width:100%;font-variant-numeric:tabular-nums}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{color:var(--soft);font-size:12.5px;white-space:nowrap;border-bottom-color:var(--axis)}
tbody th small{display:block;font-size:12px;line-height:1.35;max-width:34ch}
th.figure,td.figure{text-align:right;white-space:nowrap}
th[title]{text-decoration:underline dotted;text-underline-offset:3px}
tr.is-peak th,tr.is-peak td{background:var(--peak)}
.layers table{min-width:1060px}
.tag{font-size:12px;border:1px solid currentColor;border-radius:4px;padding:0 5px;white-space:nowrap}
.is-peak .tag{color:var(--peak-text)}
.met{color:var(--met)}
.over{color:var(--over);font-weight:600}
.measure{display:flex;align-items:center;gap:8px;white-space:nowrap}
.measure>:last-child{min-width:4.5em}
.bar{display:flex;width:100%;min-width:90px;height:12px;margin:4px 0;background:var(--track)}
.bar span{flex:none}
.bar-cycles{background:var(--edge-activation)}
.bar-over{background:var(--over)}
.bar-constants{background:var(--edge-activation)}
.bar-code{background:repeating-linear-gradient(135deg,var(--edge-output) 0 3px,var(--output) 3px 5px)}
.legend{display:flex;flex-wrap:wrap;gap:6px 22px;list-style:none;margin:0 0 10px;padding:0;font-size:13.5px}
.legend li{display:flex;align-items:center;gap:8px}
.swatch{width:28px;height:14px}
.stream{margin:16px 0}
.stream ul{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(235px,100%),1fr));gap:12px 16px;list-style:none;margin:8px 0 0;padding:0}
.stream li{display:flex;align-items:center;gap:10px;font-size:13px;line-height:1.4}
.stream li span{min-width:0;overflow-wrap:anywhere}
.stream svg{flex:none;width:64px;height:64px}
.arenas{display:block;width:100%;height:auto;margin:0 auto 0 0}
.arenas text{font-size:11px;fill:var(--text)}
.arenas .heading{font-size:13px;font-weight:600}
.arenas .tick{text-anchor:end;fill:var(--soft)}
.arenas .steps text{text-anchor:end}
.label{pointer-events:none}
.label text{text-anchor:middle;font-size:10.5px;paint-order:stroke;stroke:var(--halo);stroke-width:2.5px;stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1;fill:none}
.axis{stroke:var(--axis);stroke-width:1}
.cell{stroke-width:1}
.fill-input{stroke:var(--edge-input)}
.fill-activation{stroke:var(--edge-activation)}
.fill-output{stroke:var(--edge-output)}
.fill-scratch{stroke:var(--edge-scratch)}
.fill-state{stroke:var(--edge-state)}
.fill-input{fill:url(#pattern-input)}
.fill-activation{fill:url(#pattern-activation)}
.fill-output{fill:url(#pattern-output)}
.fill-scratch{fill:url(#pattern-scratch)}
.fill-state{fill:url(#pattern-state)}
.fill-shared{fill:url(#pattern-shared);stroke:var(--text);stroke-width:.75}
.ground-input{fill:var(--input)}
.ground-activation{fill:var(--activation)}
.ground-output{fill:var(--output)}
.ground-scratch{fill:var(--scratch)}
.ground-state{fill:var(--state)}
.mark-input{stroke:var(--edge-input)}
.mark-output{stroke:var(--edge-output)}
.mark-scratch{stroke:var(--edge-scratch);stroke-width:1.4}
.mark-state{stroke:var(--edge-state)}
.mark-input,.mark-output,.mark-state{stroke-width:.7;stroke-opacity:.55}
.mark-shared{stroke:var(--text);stroke-width:1;stroke-opacity:.6}
.fill-reserved{fill:var(--reserved);stroke:var(--axis);stroke-width:1;stroke-dasharray:2 2}
.buffer:hover .cell,.buffer:hover .fill-reserved{stroke-width:2.5}
.slots{stroke:var(--edge-scratch);stroke-width:.9;fill:none}
.sign{stroke:var(--text);stroke-width:1.7;fill:none;stroke-linecap:round;stroke-linejoin:round}
.halo{stroke:var(--halo);stroke-width:5;fill:none;stroke-linecap:round;stroke-linejoin:round}
.hole{fill:var(--page);stroke:var(--edge-scratch)}
.bound{stroke:var(--over);stroke-width:2;stroke-dasharray:7 4}
.arenas .bound-text{fill:var(--over);text-anchor:end;font-weight:600;paint-order:stroke;stroke:var(--page);stroke-width:3px}
.peak{fill:var(--peak)}
.peak-mark{fill:var(--peak-text)}
.arenas .peak-text{fill:var(--peak-text);font-weight:600}
.arenas .late{text-anchor:end}
.cycles{fill:var(--edge-activation)}
.cycles:hover{fill:var(--link)}
@media (max-width:600px){main{padding:16px 12px 32px}.bar{min-width:48px}th,td{padding-right:8px}.measure>:last-child{min-width:4em}}
@page{margin:12mm}
@media print{
body{font-size:11px}
main{max-width:none;padding:0}
h2{margin:18px 0 6px}
.cards{grid-template-columns:repeat(auto-fit,minmax(98px,1fr));gap:6px}
.cards div{padding:4px 8px}
.cards dt,.cards small{font-size:9px}
.cards strong{font-size:14px}
.legend{font-size:10px}
.scroll{overflow:visible}
.arenas{min-width:0!important;max-width:none!important}
article+article{break-before:page;border:0}
table,thead th,.tag,tbody th small{font-size:8.5px;line-height:1.3}
th,td{padding:2px 6px 2px 0}
.measure{gap:4px}
.measure>:last-child{min-width:4em}
.layers table{min-width:0}
.bar{min-width:36px;height:8px;margin:2px 0}
tr,figure,.cards div{break-inside:avoid}
h2,h3,.legend{break-after:avoid}
thead{display:table-header-group}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
