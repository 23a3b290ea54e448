/** report.html: memory and cycles of what was built. */

import type { Lowered } from "../../ir/lowered.js";
import { arenaPicture } from "./arena-picture.js";
import { arenaStyle } from "./arena-style.js";
import { documentOf } from "./document.js";
import { flashKey, flashTable } from "./flash.js";
import { layerTable } from "./layers.js";
import { element, type Markup } from "./markup.js";
import { legend, patterns, type Kind } from "./marks.js";
import { streamsOf } from "./streams.js";
import { subjectOf, type Subject } from "./subject.js";
import { hasIdleBytes } from "./tenancy.js";
import { summary } from "./summary.js";
import { scrolled } from "./table.js";
import { exactBytes } from "./words.js";

/** Memory that several networks take in turns. */
export interface SharedMemory {
  readonly bytes: number;
  readonly memory: string;
  readonly type: string;
  readonly networks: readonly string[];
}

/**
 * A section for each network of the build.
 * The markup is the same for the same networks: no dates, no paths of the machine.
 */
export function reportHtml(nets: readonly Lowered[], shared: readonly SharedMemory[] = []): string {
  const title = `${nets.map(({ name }) => name).join(", ")}: memory and cycles`;
  const sections = nets.map((net) => section(subjectOf(net)));
  return documentOf(title, arenaStyle, patterns(), element("main", {}, contents(nets, shared), sections));
}

/** Of several networks: links to each, and what they share. */
function contents(nets: readonly Lowered[], shared: readonly SharedMemory[]): Markup[] {
  if (nets.length < 2) return [];
  const links = nets.map(({ name }) => element("li", {}, element("a", { href: `#${name}` }, name)));
  const notes = shared.map(({ bytes, memory, type, networks }) =>
    element(
      "p",
      { class: "note" },
      `Shared memory: ${exactBytes(bytes)} in ${memory} (${type}), by ${networks.join(", ")} in turns.`,
    ),
  );
  return [element("nav", { "aria-label": "Networks" }, element("ul", {}, links)), ...notes];
}

function section(subject: Subject): Markup {
  const { net } = subject;
  return element(
    "article",
    { id: net.name },
    element("h1", {}, net.name),
    summary(subject),
    element(
      "section",
      {},
      element("h2", {}, "Memory over time"),
      legend(kindsOf(subject)),
      scrolled(`Arenas of ${net.name} over time`, arenaPicture(subject)),
    ),
    streamsOf(subject),
    element("section", { class: "layers" }, element("h2", {}, "Layers"), layerTable(subject)),
    element("section", {}, element("h2", {}, "Flash"), flashKey(), flashTable(subject)),
  );
}

/** What the legend explains: what the picture shows. */
function kindsOf({ net, tenancies, takeovers }: Subject): Set<Kind> {
  const kinds = net.buffers.flatMap((buffer): Kind[] => {
    if (buffer.kind === "scratch" || buffer.kind === "state") return [buffer.kind];
    const inside = tenancies.filter((one) => one.buffer === buffer);
    return [
      ...inside.map(({ kind }) => kind),
      ...(hasIdleBytes(buffer, inside) ? (["reserved"] as const) : []),
    ];
  });
  return new Set([...kinds, ...(takeovers.length > 0 ? (["shared"] as const) : [])]);
}
