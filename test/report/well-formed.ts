import type { Test } from 'tap';

/** Checks that every element of an XML document is closed, in order, and that it has no forbidden character. */
export function wellFormed(t: Test, xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([\w:]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_tag, closing: string, name: string, _attributes, empty: string) => {
      if (closing) t.equal(open.pop(), name, `</${name}>`);
      else if (!empty) open.push(name);
      return '';
    },
  );
  t.same(open, [], 'all elements are closed');
  t.notMatch(rest, /[<>]|&(?!\w+;|#\d+;)/, 'nothing else looks like an element');
}
