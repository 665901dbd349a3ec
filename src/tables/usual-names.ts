/** What people call the columns of their tables, most usual first. */
export const USUAL_NAMES = {
  text: [
    'text',
    'title',
    'sentence',
    'document',
    'content',
    'body',
    'description',
    'abstract',
    'query',
    'question',
  ],
  labels: [
    'labels',
    'label',
    'categories',
    'category',
    'tags',
    'tag',
    'subjects',
    'subject',
    'keywords',
    'topics',
    'topic',
    'classes',
    'class',
    'targets',
    'target',
  ],
  id: ['id', 'uid'],
  /** Of a table of labels. */
  labelId: ['id', 'uid', 'uri', 'code', 'notation', 'key'],
  labelText: ['text', 'label', 'name', 'title', 'preflabel', 'labels', 'description'],
} as const;

const URI = /^<([a-z][a-z0-9+.-]*:[^<>\s]*)>$/i;

/** Whether a cell has one URI or several in angle brackets, as in Annif's files. */
export const isUri = (cell: string): boolean => {
  const parts = cell.trim().split(/\s+/);
  return parts.every((part) => URI.test(part));
};

/** A name without the angle brackets of a URI. */
export const plainName = (name: string): string => URI.exec(name)?.[1] ?? name;
