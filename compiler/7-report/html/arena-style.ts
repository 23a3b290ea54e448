/** The style of what only the page of a built network has: its pictures of memory, its bars. */

export const arenaStyle = `
.patterns{position:absolute}
.layers table{min-width:1060px}
.bar-cycles{background:var(--edge-activation)}
.bar-over{background:var(--over)}
.bar-constants{background:var(--edge-activation)}
.bar-code{background:repeating-linear-gradient(135deg,var(--edge-output) 0 3px,var(--output) 3px 5px)}
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
@media print{
.arenas{min-width:0!important;max-width:none!important}
.layers table{min-width:0}
}
`;
