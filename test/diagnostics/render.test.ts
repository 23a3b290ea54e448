/** Diagnostics as text and as JSON, byte for byte. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Diagnostic, Place, Related } from "../../compiler/diagnostics/diagnostic.js";
import { diagnosticsJson, renderDiagnostic, renderDiagnostics } from "../../compiler/diagnostics/render.js";

const folder = mkdtempSync(join(tmpdir(), "tsc-mcu render "));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, name);

function place(name: string, text: string, marked: string): Place {
  writeFileSync(file(name), text);
  const start = text.indexOf(marked);
  return { file: file(name), start, end: start + marked.length };
}

function render(where: Place | undefined, more: Partial<Diagnostic> = {}, colour = false): string {
  const one: Diagnostic = { code: "MCU1", severity: "error", message: "wrong", place: where, related: [], ...more };
  return renderDiagnostic(one, { folder, colour });
}

test("a line, help, and another place", () => {
  const text = "one\n  two three\nfour\n";
  const related: Related[] = [{ message: "because of this", place: place("a.ts", text, "four") }];
  assert.is(
    render(place("a.ts", text, "three"), { help: "do that", related }),
    `a.ts:2:7 - error MCU1: wrong

2   two three
        ~~~~~
  help: do that

  a.ts:3:1 - because of this
  3 four
    ~~~~`,
  );
});

test("no place, a file as a whole, an offset in a binary file", () => {
  assert.is(render(undefined), "error MCU1: wrong");
  assert.is(render({ file: file("model.tflite") }), "model.tflite - error MCU1: wrong");
  assert.is(render({ file: file("model.tflite"), offset: 420 }), "model.tflite:0x1a4 - error MCU1: wrong");
  assert.is(render(undefined, { related: [{ message: "also this" }] }), "error MCU1: wrong\n\n  also this");
});

test("warnings, and messages of several lines", () => {
  assert.is(render(undefined, { severity: "warning", message: "a\n  b", help: "c\nd" }), "warning MCU1: a\n  b\n  help: c\n  d");
});

test("several lines; of more than four, the first and last two", () => {
  const lines = Array.from({ length: 12 }, (_, i) => `  line${i + 1}`).join("\n");
  assert.is(
    render(place("lines.ts", lines, "line2\n  line3")),
    `lines.ts:2:3 - error MCU1: wrong

2   line2
    ~~~~~
3   line3
    ~~~~~`,
  );
  assert.is(
    render(place("lines.ts", lines, "line2\n  line3\n  line4\n  line5\n  line6\n  line7\n  line8\n  line9\n  line10")),
    `lines.ts:2:3 - error MCU1: wrong

 2   line2
     ~~~~~
 3   line3
     ~~~~~
...
 9   line9
     ~~~~~
10   line10
     ~~~~~~`,
  );
});

test("tabs become four columns; columns count characters", () => {
  assert.is(render(place("tabs.ts", "\t\tx\ty;", "x\ty")), "tabs.ts:1:3 - error MCU1: wrong\n\n1         x    y;\n          ~~~~~~");
});

test("long lines are cut around the place", () => {
  const text = render(place("long.ts", `${"a".repeat(500)}HERE${"b".repeat(500)}`, "HERE"));
  const [, , line, marks] = text.split("\n");
  assert.is(line, `1 …${"a".repeat(40)}HERE${"b".repeat(75)}…`);
  assert.is(marks, `  ${" ".repeat(41)}~~~~`);
  const whole = render(place("long.ts", "x".repeat(100_000), "x".repeat(100_000)));
  assert.ok(whole.length < 400);
});

test("an empty span, the end of the file, a span beyond it", () => {
  assert.is(render(place("end.ts", "abc", "")), "end.ts:1:1 - error MCU1: wrong\n\n1 abc\n  ~");
  assert.is(render({ file: file("end.ts"), start: 3, end: 3 }), "end.ts:1:4 - error MCU1: wrong\n\n1 abc\n     ~");
  assert.is(render({ file: file("end.ts"), start: 50, end: 90 }), "end.ts:1:4 - error MCU1: wrong\n\n1 abc\n     ~");
});

test("a file that is gone", () => {
  assert.is(render({ file: file("gone.ts"), start: 3, end: 5 }), "gone.ts - error MCU1: wrong");
});

test("line ends of all systems", () => {
  assert.is(render(place("crlf.ts", "a\r\nbc\rd\u2028e", "e")), "crlf.ts:4:1 - error MCU1: wrong\n\n4 e\n  ~");
});

test("control characters do not reach the terminal", () => {
  const text = render(place("evil.ts", "\u001b[2Jx\u0007y", "x"), { message: "bad \u001b]0;title\u0007" });
  assert.not.match(text, /[\u0000-\u0009\u000b-\u001f]/);
});

test("colours only when asked for", () => {
  const where = place("colour.ts", "x", "x");
  assert.not.match(render(where), "\u001b");
  assert.match(render(where, {}, true), "\u001b[36mcolour.ts\u001b[39m:\u001b[33m1\u001b[39m:\u001b[33m1\u001b[39m - \u001b[31merror\u001b[39m");
});

test("several diagnostics", () => {
  const one: Diagnostic = { code: "MCU1", severity: "error", message: "wrong", related: [] };
  assert.is(renderDiagnostics([one, one]), "error MCU1: wrong\n\nerror MCU1: wrong\n");
});

test("as JSON", () => {
  const where = place("a.ts", "one\n  two three\nfour\n", "three");
  const related: Related[] = [{ message: "here", place: { file: file("b.npy"), offset: 8 } }, { message: "gone", place: { file: file("gone.ts"), start: 0, end: 1 } }];
  const one: Diagnostic = { code: "MCU1", severity: "error", message: "wrong", help: "do", place: where, related };
  assert.equal(diagnosticsJson([one], { folder }), [
    {
      code: "MCU1",
      severity: "error",
      message: "wrong",
      help: "do",
      place: { file: "a.ts", line: 2, column: 7, endLine: 2, endColumn: 12 },
      related: [
        { message: "here", place: { file: "b.npy", offset: 8 } },
        { message: "gone", place: { file: "gone.ts" } },
      ],
    },
  ]);
});

test.run();
