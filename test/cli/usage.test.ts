import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { tscMcu } from "./command.js";

test("--help lists the commands, and ends with 0", () => {
  const { code, out, err } = tscMcu(["--help"]);
  assert.is(code, 0);
  assert.is(err, "");
  for (const command of ["check", "build", "run", "profile", "import"])
    assert.match(out, new RegExp(`^  ${command} `, "m"));
  assert.match(out, "Exit codes: 0 done, 1 the input is at fault, 2 wrong usage, 3 a fault of tsc-mcu.");
});

for (const command of ["check", "build", "run", "profile", "import"]) {
  test(`${command} --help has examples`, () => {
    const { code, out } = tscMcu([command, "--help"]);
    assert.is(code, 0);
    assert.match(out, `Examples:\n  $ tsc-mcu ${command} `);
    assert.match(out, "--json");
  });
}

test("--version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert.equal(tscMcu(["--version"]), { code: 0, out: `${version}\n`, err: "" });
});

const wrong: readonly (readonly [readonly string[], string])[] = [
  [["biuld"], "error: unknown command 'biuld'\n(Did you mean build?)\n"],
  [["check", "net.ts", "--bord", "x"], "error: unknown option '--bord'\n(Did you mean --board?)\n"],
  [["check"], "error: missing required argument 'model'\n"],
  [
    ["check", "net.py"],
    "error: command-argument value 'net.py' is invalid for argument 'model'. Expected a file that ends in .ts or .tflite.\n",
  ],
  [
    ["import", "net.ts", "-o", "x"],
    "error: command-argument value 'net.ts' is invalid for argument 'model'. Expected a file that ends in .tflite.\n",
  ],
  [["check", "a.ts", "b.ts"], "error: too many arguments for 'check'. Expected 1 argument but got 2.\n"],
  [
    ["build", "net.ts", "-o", ""],
    "error: option '-o, --output <folder>' argument '' is invalid. Expected a path.\n",
  ],
  [["import", "model.tflite"], "error: required option '-o, --output <folder>' not specified\n"],
  [
    ["run", "net.ts", "--on", "gpu"],
    "error: option '--on <target>' argument 'gpu' is invalid. Allowed choices are host, native, emulator.\n",
  ],
  [
    ["run", "net.ts", "--cases", "0"],
    "error: option '--cases <n>' argument '0' is invalid. Expected a positive whole number.\n",
  ],
  [
    ["check", "net.ts", "--show=8"],
    "error: option '--show <stage>' argument '8' is invalid. Allowed choices are 1-read, 2-check, 3-simplify, 4-plan, 5-lower, 6-emit, 7-report.\n",
  ],
];
for (const [args, message] of wrong) {
  test(`wrong usage ends with 2: ${args.join(" ")}`, () => {
    assert.equal(tscMcu(args), { code: 2, out: "", err: message });
  });
}

test("no command: help on standard error, and 2", () => {
  const { code, out, err } = tscMcu([]);
  assert.is(code, 2);
  assert.is(out, "");
  assert.match(err, "Usage: tsc-mcu");
});

test("wrong usage with --json is one object on standard output, too", () => {
  const { code, out } = tscMcu(["check", "--json"]);
  assert.is(code, 2);
  assert.equal(JSON.parse(out), {
    ok: false,
    diagnostics: [],
    usage: "error: missing required argument 'model'",
  });
});

test.run();
