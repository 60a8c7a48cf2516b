// What V8 says of JavaScript, as judge_lines asks: the error's message, or nothing. A text is a
// function's body, as CommonJS has it; where that fails and it imports or exports, a module. Run
// with --experimental-vm-modules.
import vm from "node:vm";

import { answerEach } from "./judge_lines.mjs";

const kWrapper = ["exports", "require", "module", "__filename", "__dirname"];
const kModuleOnly = /Cannot use import|Unexpected token 'export'|Cannot use 'import.meta'/;

function errorOf(text) {
  const body = text.startsWith("#!") ? "//" + text : text;
  try {
    vm.compileFunction(body, kWrapper);
    return "";
  } catch (error) {
    if (!kModuleOnly.test(error.message)) return error.message;
  }
  try {
    new vm.SourceTextModule(body);
    return "";
  } catch (error) {
    return error.message;
  }
}

answerEach(errorOf);
