// How a judge that is written in JavaScript is asked: a line "NAME BYTES" and the text on standard
// input, one line as the answer.
import fs from "node:fs";

export function answerEach(judge) {
  let waiting = Buffer.alloc(0);
  while (true) {
    const end = waiting.indexOf("\n");
    if (end >= 0) {
      const size = Number(waiting.subarray(0, end).toString().split(" ")[1]);
      if (waiting.length >= end + 1 + size) {
        const text = waiting.subarray(end + 1, end + 1 + size).toString();
        waiting = waiting.subarray(end + 1 + size);
        fs.writeSync(1, judge(text).replace(/\n/g, " ") + "\n");
        continue;
      }
    }
    const piece = Buffer.alloc(1 << 16);
    const count = fs.readSync(0, piece, 0, piece.length);
    if (count === 0) break;
    waiting = Buffer.concat([waiting, piece.subarray(0, count)]);
  }
}
