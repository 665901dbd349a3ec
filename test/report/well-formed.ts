import type { Test } from 'tap';

/** Every element of an XML document is closed, in order, and no character stands that must not. */
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
