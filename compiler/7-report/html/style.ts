/** What all pages share of their style: light, dark and printed. Text on every ground has a contrast of 4.5 and more (WCAG AA), marks 3. */

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
.tag{font-size:12px;border:1px solid currentColor;border-radius:4px;padding:0 5px;white-space:nowrap}
.is-peak .tag{color:var(--peak-text)}
.met{color:var(--met)}
.over{color:var(--over);font-weight:600}
.measure{display:flex;align-items:center;gap:8px;white-space:nowrap}
.measure>:last-child{min-width:4.5em}
.bar{display:flex;width:100%;min-width:90px;height:12px;margin:4px 0;background:var(--track)}
.bar span{flex:none}
.legend{display:flex;flex-wrap:wrap;gap:6px 22px;list-style:none;margin:0 0 10px;padding:0;font-size:13.5px}
.legend li{display:flex;align-items:center;gap:8px}
.swatch{width:28px;height:14px}
.grid{stroke:var(--line);stroke-width:1;fill:none}
.axis{stroke:var(--axis);stroke-width:1}
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
article+article{break-before:page;border:0}
table,thead th,.tag,tbody th small{font-size:8.5px;line-height:1.3}
th,td{padding:2px 6px 2px 0}
.measure{gap:4px}
.measure>:last-child{min-width:4em}
.bar{min-width:36px;height:8px;margin:2px 0}
tr,figure,.cards div{break-inside:avoid}
h2,h3,.legend{break-after:avoid}
thead{display:table-header-group}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
