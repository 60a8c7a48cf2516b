// Unified diffs and hunks as changes of lines. A line ends with \n, which it holds.

export interface Change {
  first: number; // 0-based
  end: number; // one past the last line that goes
  lines: string[];
}

export interface Hunk {
  old_start: number;
  old_lines: number;
  lines: string[]; // each with its ' ', '+' or '-', ending included
}

export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

// A range of no lines names the line before it.
function begin(start: number, count: number): number {
  return count === 0 ? start : start - 1;
}

function addLines(changes: Change[], at: number, lines: string[]): void {
  let open = false;
  for (const line of lines) {
    if (line.startsWith(' ')) {
      open = false;
      at += 1;
      continue;
    }
    if (line.startsWith('\\')) {
      // "\ No newline at end of file": of the line before.
      const added = changes.at(-1)?.lines;
      if (open && added?.length) added.push(added.pop()!.replace(/\n$/, ''));
      continue;
    }
    if (!open) changes.push({ first: at, end: at, lines: [] });
    open = true;
    const change = changes[changes.length - 1];
    if (line.startsWith('+')) change.lines.push(line.slice(1));
    else change.end = ++at;
  }
}

export function hunkChanges(hunk: Hunk): Change[] {
  const changes: Change[] = [];
  addLines(changes, begin(hunk.old_start, hunk.old_lines), hunk.lines);
  return changes;
}

export function patchChanges(patch: string): Change[] {
  const changes: Change[] = [];
  const lines = splitLines(patch).slice(2);
  while (lines.length > 0) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+\d/.exec(lines.shift()!);
    if (!header) throw new Error('the daemon sent no unified diff');
    const next = lines.findIndex((line) => line.startsWith('@@ '));
    const body = lines.splice(0, next < 0 ? lines.length : next);
    addLines(changes, begin(Number(header[1]), Number(header[2] ?? 1)), body);
  }
  return changes;
}

export function changed(text: string, changes: Change[]): string {
  const lines = splitLines(text);
  for (const change of [...changes].reverse()) {
    lines.splice(change.first, change.end - change.first, ...change.lines);
  }
  return lines.join('');
}
