import { test } from 'tap';
import { openTogether } from '../../src/files/open-together.js';

void test('what belongs together is opened, or closed again', (t) => {
  const open = new Set<string>();
  const opener = (name: string) => () => {
    if (name === 'missing') throw new Error(name);
    open.add(name);
    return { name, [Symbol.dispose]: () => void open.delete(name) };
  };
  const both = openTogether({ a: opener('a'), b: opener('b') });
  t.same([both.a.name, both.b.name, ...open], ['a', 'b', 'a', 'b']);
  open.clear();
  t.throws(() => openTogether({ a: opener('a'), b: opener('missing'), c: opener('c') }), /missing/);
  t.same([...open], []);
  const refuse = (): void => {
    throw new Error('do not fit');
  };
  t.throws(() => openTogether({ a: opener('a'), b: opener('b') }, refuse), /do not fit/);
  t.same([...open], []);
  t.end();
});
