/** 7-report: what the build found out, for programs and for people. */

export { reportJson, type Report } from "./json.js";
export { reportText } from "./text.js";
