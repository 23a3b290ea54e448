/**
 * `npm test`: types, format and build, then every test/**\/*.test.ts as a process of its own. The last line is
 * `N passed, N failed`, with `, N skipped` where a tool is missing. `node test/run.mjs <part of a path>` runs a subset.
 */

import { execFile, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { delimiter, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const filter = process.argv[2];
const inCi = process.env.CI === "true" || process.env.CI === "1";

/** A test file that is not done by then hangs. */
const fileSeconds = 600;
const parallel = Math.min(2, cpus().length);

/** Programs that some tests need; those tests skip themselves without. `install`: Debian and Ubuntu packages. */
const tools = [
  { program: "cc", install: ["gcc", "libc6-dev"], for: "tests of the C on this machine, and of cycles" },
  {
    program: "arm-none-eabi-gcc",
    install: ["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"],
    for: "tests of the C on the emulated Cortex-M7",
  },
  {
    program: "qemu-system-arm",
    install: ["qemu-system-arm"],
    for: "tests of the C on the emulated Cortex-M7",
  },
];

const totals = { passed: 0, failed: 0, skipped: 0 };

function main() {
  process.chdir(root);
  const missing = provideTools();
  if (filter === undefined) checkProject();
  return runFiles(testFiles("test").filter((file) => filter === undefined || file.includes(filter))).then(
    () => {
      for (const tool of missing) {
        console.log(`skipped: ${tool.for}, because ${tool.program} is missing: ${installLine([tool])}`);
        if (inCi) totals.failed++;
        else totals.skipped++;
      }
      const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
      console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
      process.exitCode = totals.failed > 0 ? 1 : 0;
    },
  );
}

/** Installs what is missing where that is possible; returns what stays missing. */
function provideTools() {
  const missing = tools.filter(({ program }) => !find(program));
  if (missing.length === 0) return [];
  if (process.getuid?.() === 0 && find("apt-get")) {
    const packages = missing.flatMap((tool) => tool.install);
    console.log(`Installing ${packages.join(", ")} with apt-get, for ${missing[0].for} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const apt = (...args) =>
      spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
    if (!(apt("update", "-qq") && apt("install", "-y", "-qq", "--no-install-recommends", ...packages))) {
      console.log("apt-get failed.");
    }
  } else {
    console.log(`Some tests need programs that are missing; to run them too: ${installLine(missing)}`);
  }
  return missing.filter(({ program }) => !find(program));
}

const installLine = (list) => `sudo apt-get install ${list.flatMap((tool) => tool.install).join(" ")}`;

function find(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/** What is true of the project as a whole; each counts as one test. */
function checkProject() {
  const bin = (name) => join("node_modules", name);
  // The build comes first: examples import the package by its name, which is its build.
  const built = check("build", [bin("typescript/bin/tsc"), "-p", "tsconfig.build.json"]);
  // Tests of the command line run what was just built, which starts faster than the sources.
  if (built) process.env.TSC_MCU_BUILT = "1";
  check("types", [bin("typescript/bin/tsc"), "--noEmit", "-p", "tsconfig.json"]);
  check("format (npm run format repairs it)", [
    bin("prettier/bin/prettier.cjs"),
    "--check",
    "--log-level",
    "warn",
    ".",
  ]);
}

/** true: it passed. */
function check(name, args) {
  const start = Date.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  count(name, status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }, start, stdout + stderr);
  return status === 0;
}

function testFiles(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

async function runFiles(files) {
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await runFile(file);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

function runFile(file) {
  const start = Date.now();
  const args = ["--import", "tsx", file];
  const options = { timeout: fileSeconds * 1000, killSignal: "SIGKILL", maxBuffer: 64 << 20 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const result = resultOf(stdout);
      // A file that crashes, hangs, or forgets test.run() is a failure, whatever it printed.
      if ((error || result.total === 0) && result.failed === 0) result.failed = 1;
      const reason = error?.killed
        ? `\nstopped after ${fileSeconds} s`
        : result.total === 0
          ? "\nno test ran"
          : "";
      count(relative("test", file), result, start, stdout + stderr + reason);
      resolve();
    });
  });
}

/** uvu's summaries: "Total: 3", "Passed: 2", "Skipped: 1". */
function resultOf(output) {
  const sum = (name) => {
    const lines = output
      .replace(/\u001b\[[0-9;]*m/g, "")
      .matchAll(new RegExp(`^\\s*${name}:\\s+(\\d+)`, "gm"));
    return [...lines].reduce((total, match) => total + Number(match[1]), 0);
  };
  const [total, passed, skipped] = [sum("Total"), sum("Passed"), sum("Skipped")];
  return { total, passed, skipped, failed: total - passed };
}

function count(name, { passed, failed, skipped = 0 }, start, output) {
  totals.passed += passed;
  totals.failed += failed;
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const notes = skipped > 0 ? `, ${skipped} left out` : "";
  console.log(
    `${failed > 0 ? "FAIL" : "ok  "} ${name}  ${passed} passed${failed > 0 ? `, ${failed} failed` : ""}${notes}  ${seconds} s`,
  );
  if (failed > 0) console.log(output.trimEnd());
}

await main();
