/**
 * What may import what. `npm run architecture` checks it, `npm run graph` draws it; docs/architecture.md explains it.
 * A level may import from the levels below it; its rooms stand beside each other and import nothing of one another.
 * `retrieve` is all that a run's sources need in one operator, so it stands above them.
 */
const LEVELS = [
  ['src/(errors|show|random|permutation|versions|no-telemetry)[.]ts'],
  ['src/files/', 'src/stream/', 'src/engine/'],
  ['src/formats/'],
  ['src/store/', 'src/model/', 'src/cluster/', 'src/corpus/', 'src/search/', 'src/graph/'],
  ['src/sparse/'],
  ['src/encode/', 'src/metrics/', 'src/label-tree/'],
  ['src/sample/', 'src/ranker/', 'src/export/'],
  ['src/train/'],
  ['operators/(?!retrieve)'],
  ['src/sources/'],
  ['src/predict/', 'operators/retrieve'],
  ['src/command/(?!commands|dexa)'],
  ['src/tables/'],
  ['src/(stages|plan|report)/'],
  ['pipelines/', 'src/(index|open-dataset)[.]ts'],
  ['src/command/(commands|dexa)[.]ts'],
];
const anyOf = (rooms) => `^(${rooms.join('|')})`;

const directions = LEVELS.slice(0, -1).flatMap((rooms, level) =>
  rooms.map((room) => ({
    name: `${room.replace(/^src\//, '')} imports from below`,
    severity: 'error',
    from: { path: anyOf([room]) },
    to: { path: anyOf([...LEVELS.slice(level + 1).flat(), ...rooms.filter((other) => other !== room)]) },
  })),
);

/** A library is imported in one place, so that it can be replaced, loaded late, and understood. */
const only = (library, path) => ({
  name: `${library} stays behind ${path}`,
  severity: 'error',
  from: { path: '^(src|operators|pipelines)/', pathNot: `^${path}` },
  to: { path: `node_modules/${library}/`, dependencyTypesNot: ['type-only', 'triple-slash-type-reference'] },
});

export default {
  forbidden: [
    ...directions,
    {
      name: 'every room has a level',
      severity: 'error',
      from: {},
      to: { path: '^(src|operators|pipelines)/', pathNot: anyOf(LEVELS.flat()) },
    },
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no tests', severity: 'error', from: {}, to: { path: '^(test|dist)/' } },
    {
      name: 'models read no files',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { path: '^(node:)?fs' },
    },
    only('highland', 'src/stream/bridge'),
    only('piscina', '(src/stream/pooled|operators/.*[.]worker)'),
    only('onnxruntime-node', 'src/engine/'),
    only('protobufjs', 'src/engine/'),
    only('@huggingface/transformers', 'src/encode/tokenizer'),
    only('usearch', 'src/search/'),
    only('parquetjs-lite', 'src/formats/'),
    only('hyparquet', 'src/formats/'),
    only('csv-parse', 'src/formats/'),
    only('fzstd', 'src/formats/'),
    only('vega', 'src/report/'),
    only('commander', 'src/command/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
