/** The style of pages of the search, on top of what all pages share. */

export const searchStyle = `
.said{font-size:17px;margin:0 0 10px;max-width:80ch;overflow-wrap:anywhere}
.lead,.cards strong,.cards dt,.answers,.names{overflow-wrap:anywhere}
td,tbody th{overflow-wrap:break-word;max-width:36ch}
th.figure+th:not(.figure),td.figure+td:not(.figure),th.figure+td:not(.figure){padding-left:16px}
article h2.planner{margin-top:32px}
.bar-share{background:var(--edge-activation)}
.chart{display:block;width:100%;height:auto;font-variant-numeric:tabular-nums}
.chart text{font-size:11.5px;fill:var(--text)}
.chart .tick{fill:var(--soft);font-size:11px}
.chart .before{text-anchor:end}
.chart .centred{text-anchor:middle}
.chart .title{fill:var(--soft)}
.wide .chart{min-width:590px}
.names{display:none;list-style:none;margin:0 0 10px;padding:0;font-size:13.5px}
.names li{display:flex;align-items:baseline;gap:8px}
.names .swatch{flex:none;background:var(--series);height:10px;width:22px}
.series-0{--series:var(--edge-activation)}
.series-1{--series:var(--edge-state)}
.series-2{--series:var(--edge-input)}
.series-3{--series:var(--edge-output)}
.series-4{--series:var(--edge-scratch)}
.curve{fill:none;stroke-linejoin:round}
.curve.other{stroke:var(--axis);stroke-opacity:.35}
.curve.other:hover{stroke-opacity:1;stroke-width:2}
.curve.named{stroke:var(--series);stroke-width:2.2}
.leader{stroke:var(--series);stroke-width:1;stroke-dasharray:1 3;stroke-linecap:round;fill:none}
.dot{fill:var(--series);stroke:var(--page);stroke-width:1}
.chart .name{fill:var(--series);font-weight:600;font-size:12px}
.chart .detail{fill:var(--soft)}
.scored{fill:none;stroke:var(--axis);stroke-width:3.2;stroke-linecap:round;stroke-opacity:.5}
.front-line{fill:none;stroke:var(--edge-activation);stroke-width:1.6}
.front-dot{fill:var(--page);stroke:var(--edge-activation);stroke-width:1.1}
.front-dot.outer{fill:var(--edge-activation);stroke:var(--page);stroke-width:.8}
.winner{fill:var(--peak-text);stroke:var(--page);stroke-width:1}
.chart .winner-text{fill:var(--peak-text);font-weight:600;paint-order:stroke;stroke:var(--page);stroke-width:3px}
.limit{stroke:var(--over);stroke-width:1.6;stroke-dasharray:6 4}
.chart .limit-text{fill:var(--over);font-weight:600;paint-order:stroke;stroke:var(--page);stroke-width:3px}
.scatters{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr));gap:20px 24px}
figure{margin:0;min-width:0}
figcaption{font-size:13px;max-width:60ch}
.heat-map{width:auto}
.heat-map th,.heat-map td{padding:3px 6px;text-align:center;border:1px solid var(--page)}
.heat-map .corner{text-align:left}
.heat{--heat:0%;white-space:nowrap;min-width:54px;background:color-mix(in srgb,var(--heat-most) var(--heat),var(--card))}
.heat small{display:block;color:inherit;font-size:11px;line-height:1.3}
.heat.is-best{outline:2.5px solid var(--peak-text);outline-offset:-2px;font-weight:600}
.heat .tag{font-size:11px;color:var(--text)}
details summary{cursor:pointer;color:var(--link);white-space:nowrap}
.answers{list-style:none;margin:4px 0 0;padding:0;min-width:220px;font-size:12.5px}
@media (max-width:600px){.names{display:block}}
@media print{
.names{display:none}
.scroll .chart,.wide .chart{min-width:0}
.said{font-size:12px}
.heat-map th,.heat-map td{padding:1px 3px}
.heat{min-width:36px}
.heat small,.heat .tag{font-size:7.5px}
.front{break-before:page}
.scatters{grid-template-columns:repeat(3,1fr);gap:10px}
.chart{break-inside:avoid;max-width:9cm!important}
.wide .chart{max-width:15cm!important}
.note{break-after:avoid}
.is-peak details::details-content{content-visibility:visible;display:block}
.answers{font-size:8px;columns:2}
}
`;
