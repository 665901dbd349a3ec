import { test } from 'tap';
import { chooseColumns, chooseLabelColumns, type AskedColumns } from '../../src/tables/choose-columns.js';
import type { Table } from '../../src/tables/table.js';

const table = (...columns: string[]): Table => ({
  paths: ['x.csv'],
  columns,
  written: '',
  read: () => {
    throw new RangeError('not read');
  },
});
const chosen = (columns: string[], asked: AskedColumns = {}): string => {
  const { text, labels, id, group } = chooseColumns(table(...columns), asked);
  return [text.join('+'), labels, id ?? '', group ?? ''].join(' ').trim();
};

test('columns are chosen by usual names, in capitals or not, or because no other is left', async (t) => {
  t.equal(chosen(['id', 'price', 'Title', 'Categories']), 'Title Categories id');
  t.equal(chosen(['text', 'title', 'label', 'labels']), 'text labels');
  t.equal(chosen(['product', 'category']), 'product category');
  t.equal(chosen(['title', 'shelf']), 'title shelf');
  t.equal(chosen(['uid', 'product', 'shelf']), 'product shelf uid');
  t.equal(chosen(['1', '2']), '1 2');
});

test('columns that are asked for come first; a name may have a comma', async (t) => {
  t.equal(chosen(['a', 'b', 'c', 'text'], { text: 'b,a', labels: 'c' }), 'b+a c');
  t.equal(chosen(['a,b', 'a', 'tags'], { text: 'a,b' }), 'a,b tags');
  t.equal(chosen(['title', 'text', 'by'], { labels: 'text', group: 'by' }), 'title text  by');
});

test('what is not there, or not clear, is refused with the names that are there', async (t) => {
  const refused: [string[], AskedColumns, string][] = [
    [['a', 'b', 'c'], {}, 'x.csv: no usual name of a column of texts among a, b, c; name it with --text'],
    [
      ['a', 'b', 'text'],
      {},
      'x.csv: no usual name of a column of labels among a, b, text; name it with --labels',
    ],
    [['text', 'labels'], { text: 'text,body' }, 'x.csv: no column body, only text, labels'],
    [
      ['text', 'labels'],
      { text: 'labels', labels: 'labels' },
      'x.csv: column labels cannot have the labels and something else',
    ],
  ];
  for (const [columns, asked, message] of refused)
    t.throws(() => chosen(columns, asked), { name: 'InputError', message });
});

test('of a table of labels, an id and a text are chosen', async (t) => {
  const labels = (...columns: string[]) => chooseLabelColumns(table(...columns), {});
  t.same(chooseLabelColumns(table('id', 'sku', 'text'), { id: 'sku' }), { id: 'sku', text: 'text' });
  t.same(chooseLabelColumns(table('id', 'text'), { id: 'sku' }), { id: 'id', text: 'text' });
  t.same(labels('uri', 'label_en', 'notation'), { id: 'uri', text: 'label_en' });
  t.same(labels('code', 'Name'), { id: 'code', text: 'Name' });
  t.same(labels('label'), { id: undefined, text: 'label' });
  t.same(labels('id'), { id: 'id', text: 'id' });
  t.same(labels('1', '2'), { id: '1', text: '2' });
  t.same(labels('1'), { id: undefined, text: '1' });
});
