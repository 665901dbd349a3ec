/** Matrix products in half precision on ONNX Runtime's CPU provider: `npm run bench:precision`. */
import * as ort from 'onnxruntime-node';
import { encodeModel, type Node } from '../../src/engine/onnx.js';
import { machine, median, table, writeSection } from './results.js';

const SIZE = 1024;
const ROUNDS = 25;
const shape = [SIZE, SIZE];
/** onnx.proto's TensorProto.DataType. */
const types = { float32: 1, float16: 10, bfloat16: 16 };

const node = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
});

/** float32 in and out, the product itself in `to`. */
function product(to: number): Uint8Array {
  const port = (name: string) => ({ name, dtype: 'float32', shape }) as const;
  const nodes = [
    node('Cast', ['a'], 'narrow', { to }),
    node('MatMul', ['narrow', 'narrow'], 'product'),
    node('Cast', ['product'], 'c', { to: types.float32 }),
  ];
  return encodeModel({ nodes, initializers: [], inputs: [port('a')], outputs: [port('c')] });
}

const a = new ort.Tensor(
  'float32',
  Float32Array.from({ length: SIZE * SIZE }, (_x, i) => Math.sin(i)),
  shape,
);
const sides: { name: string; session: ort.InferenceSession; times: number[] }[] = [];
const rows: string[][] = [['', 'ms', 'GFLOP/s']];
for (const [name, to] of Object.entries(types))
  try {
    const session = await ort.InferenceSession.create(product(to), {
      intraOpNumThreads: 2,
      logSeverityLevel: 4,
    });
    sides.push({ name, session, times: [] });
  } catch (error) {
    rows.push([
      name,
      /Could not find an implementation/.exec((error as Error).message)?.[0] ?? 'refused',
      '–',
    ]);
  }
for (let round = 0; round < ROUNDS; round++)
  for (const { session, times } of sides) {
    const start = performance.now();
    await session.run({ a });
    times.push(performance.now() - start);
  }
for (const { name, session, times } of sides) {
  const ms = median(times);
  rows.push([name, ms.toFixed(1), ((2 * SIZE ** 3) / ms / 1e6).toFixed(0)]);
  await session.release();
}
const markdown = `## Half precision on the CPU

\`npm run bench:precision\` on ${machine()}. A product of two ${SIZE} × ${SIZE} matrices, float32 outside, cast inside.

${table(rows)}
`;
console.log(markdown);
await writeSection('precision', markdown);
