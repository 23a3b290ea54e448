/** 7-report: what the build found out, for programs and for people. */

export { reportHtml } from "./html/page.js";
export { reportJson, type Report } from "./json.js";
export { channelsText } from "./channels.js";
export { paretoPoint, paretoText, type ParetoPoint } from "./pareto.js";
export { reportText } from "./text.js";
