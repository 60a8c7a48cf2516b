import assert from 'node:assert';
import { test } from 'node:test';
import { changed, hunkChanges, patchChanges } from '../src/patch';
import { SseParser } from '../src/sse';

const HEAD = '--- a/f\n+++ b/f\n';

test('a patch becomes the text that it says', () => {
  const patch = `${HEAD}@@ -1,4 +1,5 @@\n a\n-b\n+B\n+B2\n c\n-d\n@@ -6,0 +7 @@\n+end\n`;
  assert.equal(changed('a\nb\nc\nd\ne\nf\n', patchChanges(patch)), 'a\nB\nB2\nc\ne\nf\nend\n');
});

test('a last line without a newline stays one', () => {
  const end = '\\ No newline at end of file\n';
  const patch = `${HEAD}@@ -1 +1 @@\n-a\n${end}+b\n${end}`;
  assert.equal(changed('a', patchChanges(patch)), 'b');
});

test('lines keep their carriage returns', () => {
  const patch = `${HEAD}@@ -1 +1 @@\n-a\r\n+b\r\n`;
  assert.equal(changed('a\r\nc\r\n', patchChanges(patch)), 'b\r\nc\r\n');
});

test('a hunk of no old lines stands after the line that it names', () => {
  const changes = hunkChanges({ old_start: 1, old_lines: 0, lines: ['+x\n'] });
  assert.equal(changed('a\nb\n', changes), 'a\nx\nb\n');
});

test('what is no diff is refused', () => {
  assert.throws(() => patchChanges(`${HEAD}nonsense\n`), /no unified diff/);
});

test('events come whole however the stream is cut', () => {
  const stream = ': alive\n\nevent: token\ndata: {"text":"é"}\n\nevent: done\ndata: {}\n\n';
  for (let size = 1; size <= stream.length; ++size) {
    const parser = new SseParser();
    const names: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      names.push(...parser.push(stream.slice(at, at + size)).map((event) => event.name));
    }
    assert.deepEqual(names, ['token', 'done']);
  }
});
