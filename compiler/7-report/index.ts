/** 7-report: what the build found out, for programs and for people. */

export { reportJson, type Report } from "./json.js";
export { channelsText } from "./channels.js";
export { reportText } from "./text.js";
