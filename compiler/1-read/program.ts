/**
 * The TypeScript program of a model file. `tsc-mcu` and `tsc-mcu/boards` are always this package's own DSL, wherever the
 * model lies and whatever is installed there. Set up for speed: a check of a model must feel immediate.
 */

import { resolve, extname } from "node:path";
import { MAX_CHECK_SECONDS } from "./bounds.js";
import { Sources } from "./resolution.js";
import { libraryFolder, loadTypescript, ts, type TS } from "./typescript.js";

export interface Program {
  readonly checker: TS.TypeChecker;
  /** The model file. */
  readonly main: TS.SourceFile;
  /** The model file and its imports, `.ts` and `.json`, by absolute path. */
  readonly sources: ReadonlyMap<string, TS.SourceFile>;
  /** The file that an import means, by the rules of `Sources.resolve`. */
  resolve(specifier: string, importer: string): string | undefined;
  /** What the type checker says about the model and its imports: syntax alone where there are syntax errors. */
  errors(): { readonly syntax: readonly TS.Diagnostic[]; readonly types: readonly TS.Diagnostic[] };
}

/**
 * The part of `lib.es2022` that models can use: without Intl, typed arrays' extras, Proxy, Reflect and the like, the
 * program is ready 60 ms earlier. Promises are there so that `async` is our diagnostic and not a missing library.
 */
const libraries = [
  "es5",
  "es2015.core",
  "es2015.collection",
  "es2015.generator",
  "es2015.iterable",
  "es2015.promise",
  "es2015.symbol",
  "es2015.symbol.wellknown",
  "es2016.array.include",
  "es2017.object",
  "es2017.string",
  "es2018.asyncgenerator",
  "es2018.asynciterable",
  "es2019.array",
  "es2019.object",
  "es2019.string",
  "es2020.bigint",
  "es2021.string",
  "es2022.array",
  "es2022.error",
  "es2022.object",
  "es2022.string",
].map((name) => `lib.${name}.d.ts`);

/** @param file absolute path of the model, which must exist */
export function loadProgram(file: string): Program {
  loadTypescript();
  const found = new Sources(file);
  const options = compilerOptions();
  const program = ts.createProgram({ rootNames: [file], options, host: compilerHost(found, options) });
  const sources = new Map<string, TS.SourceFile>();
  for (const source of program.getSourceFiles()) {
    if (found.model.has(source.fileName)) sources.set(source.fileName, source);
  }
  return {
    checker: program.getTypeChecker(),
    main: sources.get(file)!,
    sources,
    resolve: (specifier, importer) => found.resolve(specifier, importer),
    errors() {
      const all = [...sources.values()];
      const deadline = stopAfter(MAX_CHECK_SECONDS);
      const syntax = all.flatMap((source) => program.getSyntacticDiagnostics(source));
      if (syntax.length > 0) return { syntax, types: [] };
      return { syntax, types: all.flatMap((source) => program.getSemanticDiagnostics(source, deadline)) };
    },
  };
}

/** Makes the checker throw `OperationCanceledException` after so much work: on a busy machine it may take longer. */
function stopAfter(seconds: number): TS.CancellationToken {
  const start = process.cpuUsage();
  const isCancellationRequested = (): boolean => {
    const { user, system } = process.cpuUsage(start);
    return user + system > seconds * 1e6;
  };
  return {
    isCancellationRequested,
    throwIfCancellationRequested() {
      if (isCancellationRequested()) throw new ts.OperationCanceledException();
    },
  };
}

function compilerOptions(): TS.CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2022,
    lib: libraries,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    skipLibCheck: true,
    skipDefaultLibCheck: true,
    types: [],
    noEmit: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
  };
}

function compilerHost(found: Sources, options: TS.CompilerOptions): TS.CompilerHost {
  // Doc comments are not needed to type-check, and a quarter of the DSL and the libraries.
  const parsing = { languageVersion: options.target!, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  return {
    getSourceFile(name) {
      const text = found.text(resolve(name));
      return text === undefined ? undefined : ts.createSourceFile(name, text, parsing);
    },
    readFile: (name) => found.text(resolve(name)),
    fileExists: (name) => found.has(resolve(name)),
    resolveModuleNameLiterals(literals, importer) {
      return literals.map((literal) => {
        const file = found.resolve(literal.text, importer);
        if (file === undefined) return { resolvedModule: undefined };
        const extension = file.endsWith(".d.ts") ? ".d.ts" : extname(file);
        return { resolvedModule: { resolvedFileName: file, extension, isExternalLibraryImport: false } };
      });
    },
    getDefaultLibFileName: () => "lib.d.ts",
    getDefaultLibLocation: () => libraryFolder,
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile() {
      throw new Error("a model is only read");
    },
  };
}
