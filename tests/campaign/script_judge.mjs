// What V8 says of JavaScript: a line "NAME BYTES" and the text on standard input, a line with the
// error's message, or an empty one, as the answer. A text is a function's body, as CommonJS has it;
// where that fails and it imports or exports, a module. Run with --experimental-vm-modules.
import fs from "node:fs";
import vm from "node:vm";

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

let waiting = Buffer.alloc(0);
while (true) {
  const end = waiting.indexOf("\n");
  if (end >= 0) {
    const size = Number(waiting.subarray(0, end).toString().split(" ")[1]);
    if (waiting.length >= end + 1 + size) {
      const text = waiting.subarray(end + 1, end + 1 + size).toString();
      waiting = waiting.subarray(end + 1 + size);
      fs.writeSync(1, errorOf(text).replace(/\n/g, " ") + "\n");
      continue;
    }
  }
  const piece = Buffer.alloc(1 << 16);
  const count = fs.readSync(0, piece, 0, piece.length);
  if (count === 0) break;
  waiting = Buffer.concat([waiting, piece.subarray(0, count)]);
}
