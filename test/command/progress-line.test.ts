import { test } from 'tap';
import { progressLine, type ProgressKind } from '../../src/command/progress-line.js';

/** What is written while a stage reports once a second for some minutes, and a note in between. */
function written(kind: ProgressKind | undefined, { isTTY = false, seconds = 200 } = {}): string[] {
  const lines: string[] = [];
  const stream = { isTTY, columns: 80, write: (text: string) => lines.push(text) > 0 };
  let at = 0;
  using line = progressLine({ kind, stream: stream as unknown as NodeJS.WriteStream, now: () => 1000 * at });
  for (; at <= seconds; at++) {
    line.report({ stage: 'train', done: 10 * at, total: 4000 });
    if (at === 30) line.note('a note');
  }
  return lines;
}

test('without a terminal a line is written once a minute, on one a bar', (t) => {
  t.same(written(undefined), [
    'a note\n',
    'train 15% 600/4000 · 10/s · 5:40 left\n',
    'train 30% 1200/4000 · 10/s · 4:40 left\n',
    'train 45% 1800/4000 · 10/s · 3:40 left\n',
  ]);
  t.same(written(undefined, { seconds: 20 }), [], 'a short run says nothing');
  const bar = written(undefined, { isTTY: true });
  t.ok(bar.length > 200 && bar.every((line) => line.startsWith('\r\x1b[K') || line === 'a note\n'));
  t.end();
});

test('JSON has a line a second, notes included; none has notes alone', (t) => {
  const json = written('json').map((line) => JSON.parse(line) as object);
  t.equal(json.length, 202);
  t.same(json[1], { stage: 'train', done: 10, total: 4000, seconds: 1 });
  t.same(json[31], { note: 'a note' });
  t.same(written('none', { isTTY: true }), ['a note\n']);
  t.end();
});
