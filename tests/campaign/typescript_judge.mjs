// What TypeScript's compiler says of a text's syntax, as judge_lines asks, with a tab between two
// errors: typescript_judge.mjs PATH-OF-ITS-MODULE. Its checker says what its parser is too generous
// for; that speaks of types too, but in messages of other numbers. Judged as TSX where that is
// sounder, for the text has no name.
import { createRequire } from "node:module";

import { answerEach } from "./judge_lines.mjs";

const ts = createRequire(import.meta.url)(process.argv[2]);
const kFirstNotOfSyntax = 2000;
const kDeclaredTwice = 2451;  // of a block, which is an error before the first line runs

function errorsOf(text, name) {
  const options = { noLib: true, noResolve: true, allowJs: false, jsx: ts.JsxEmit.Preserve,
    target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, experimentalDecorators: true };
  const file = ts.createSourceFile(name, text, options.target, true);
  const host = {
    fileExists: (path) => path === name,
    readFile: () => text,
    getSourceFile: (path) => (path === name ? file : undefined),
    getDefaultLibFileName: () => "lib.d.ts",
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    writeFile: () => {},
  };
  const program = ts.createProgram([name], options, host);
  const all = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return all.filter(({ code }) => code < kFirstNotOfSyntax || code === kDeclaredTwice)
    .map(({ code, start, messageText }) => {
      const line = file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
      return `line ${line}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
}

function judge(text) {
  const all = ["a.ts", "a.tsx"].map((name) => errorsOf(text, name));
  return all.reduce((one, other) => (other.length < one.length ? other : one)).join("\t");
}

answerEach(judge);
