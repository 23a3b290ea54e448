/** A page: one file that needs nothing else, no network and no script. */

import { element, Markup, type Child } from "./markup.js";
import { style } from "./style.js";

/**
 * The markup is well-formed as XML, too.
 * @param own style of this kind of page, on top of what all share
 */
export function documentOf(title: string, own: string, ...content: Child[]): string {
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    // Whatever a name may contain: nothing is loaded or run.
    element("meta", {
      "http-equiv": "Content-Security-Policy",
      content: "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    }),
    element("link", { rel: "icon", href: "data:," }),
    element("title", {}, title),
    element("style", {}, new Markup(style + own)),
  );
  const page = element("html", { lang: "en" }, head, element("body", {}, content));
  return `<!DOCTYPE html>\n${page.text.replaceAll(/(<\/(tr|g|section|p|div|li|head|style)>)/g, "$1\n")}\n`;
}
