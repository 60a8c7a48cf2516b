// Unified diffs as rows of two columns. Pure: no element is made here.

// [{file, oldStart, newStart, lines}], lines with their sign: " ", "+", "-" or "\\". A hunk's head
// says how many lines it has, so that none of them is taken for the head of the next file.
export function parsePatch(patch) {
  const hunks = [];
  let file = "";
  let oldLeft = 0;
  let newLeft = 0;
  for (const line of patch.split("\n")) {
    if (oldLeft > 0 || newLeft > 0 || line.startsWith("\\")) {
      hunks.at(-1)?.lines.push(line);
      if (line[0] !== "+" && line[0] !== "\\") --oldLeft;
      if (line[0] !== "-" && line[0] !== "\\") --newLeft;
      continue;
    }
    if (line.startsWith("+++ ")) file = line.slice(4).replace(/^b\//, "");
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!head) continue;
    hunks.push({ file, oldStart: Number(head[1]), newStart: Number(head[3]), lines: [] });
    oldLeft = Number(head[2] ?? 1);
    newLeft = Number(head[4] ?? 1);
  }
  return hunks;
}

// [{old, new}], each side {number, text, kind, mark} or null; kind is "same", "removed" or "added",
// mark is [from, to) of what differs between a removed line and the added one in its place.
export function sideBySide(hunk) {
  const rows = [];
  let removed = [];
  let added = [];
  let oldNumber = hunk.oldStart;
  let newNumber = hunk.newStart;
  const flush = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); ++i) {
      rows.push(markedRow(removed[i] ?? null, added[i] ?? null));
    }
    removed = [];
    added = [];
  };
  for (const line of hunk.lines) {
    const text = line.slice(1);
    if (line[0] === "-") {
      removed.push({ number: oldNumber++, text, kind: "removed", mark: null });
    } else if (line[0] === "+") {
      added.push({ number: newNumber++, text, kind: "added", mark: null });
    } else if (line[0] === " ") {
      flush();
      rows.push({
        old: { number: oldNumber++, text, kind: "same", mark: null },
        new: { number: newNumber++, text, kind: "same", mark: null },
      });
    }
  }
  flush();
  return rows;
}

function markedRow(before, after) {
  if (before && after) {
    const [left, right] = differences(before.text, after.text);
    before.mark = left;
    after.mark = right;
  }
  return { old: before, new: after };
}

// What is left of two texts without the beginning and the end that they share; null where that is
// most of them, so that nothing stands out.
export function differences(a, b) {
  let begin = 0;
  while (begin < Math.min(a.length, b.length) && a[begin] === b[begin]) ++begin;
  let end = 0;
  while (end < Math.min(a.length, b.length) - begin && a.at(-1 - end) === b.at(-1 - end)) ++end;
  if ((begin + end) * 3 < Math.max(a.length, b.length)) return [null, null];
  return [[begin, a.length - end], [begin, b.length - end]];
}
