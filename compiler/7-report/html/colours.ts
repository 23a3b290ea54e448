/** The page's colours by name, for a light and a dark ground. Tests hold their contrasts. */

export type Theme = "light" | "dark";

/** Light, dark. */
export const palette = {
  page: ["#ffffff", "#14171c"],
  card: ["#f6f7f9", "#1b1f26"],
  text: ["#1a1d23", "#eceff4"],
  soft: ["#565d6b", "#a9b2c0"],
  line: ["#e3e6eb", "#2b313b"],
  axis: ["#7b8494", "#7b8494"],
  track: ["#eceef2", "#262c35"],
  link: ["#0b57b0", "#8fc0ff"],
  halo: ["#ffffffd9", "#14171cd9"],
  reserved: ["#f1f3f6", "#20252d"],
  input: ["#cdeed6", "#17452a"],
  "edge-input": ["#1f7a3d", "#6bcf8e"],
  activation: ["#cfe1f7", "#1d3f68"],
  "edge-activation": ["#2c66ad", "#79aef0"],
  output: ["#fde0b8", "#55380b"],
  "edge-output": ["#9c5700", "#eeb061"],
  scratch: ["#e8e0f3", "#382e4d"],
  "edge-scratch": ["#6c5599", "#b7a1e2"],
  state: ["#fbd5dc", "#5a1f30"],
  "edge-state": ["#ad2a48", "#f189a0"],
  peak: ["#fff0c9", "#3a3113"],
  "peak-text": ["#7a5200", "#f3cf6b"],
  "heat-most": ["#8db8ee", "#2a5f9e"],
  met: ["#1a6e35", "#6bcf8e"],
  over: ["#b3261e", "#ff8f86"],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

/** As custom properties of CSS. */
export const colours = (theme: Theme): string =>
  Object.entries(palette)
    .map(([name, [light, dark]]) => `--${name}:${theme === "light" ? light : dark}`)
    .join(";");
