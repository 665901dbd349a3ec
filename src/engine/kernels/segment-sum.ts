/**
 * Sums of rows by segment: the forward pass of a bag of embeddings and the backward pass of every gather.
 *
 * ONNX's operator for it, ScatterND with reduction "add", cannot be used: ONNX Runtime's CPU provider distributes the rows
 * over its threads without a lock, so sums are lost where a segment repeats (microsoft/onnxruntime#18048, #23396).
 * ScatterElements is correct because it runs on one thread, at about 10 ns per number. Small inputs use it; large ones are
 * sorted by segment, summed within chunks of rows by a matrix product, and joined where a segment continues in the next
 * chunk. Sums are the same every time, and every thread has work.
 */
import { sameShape, type Graph, type Value } from '../graph.js';
import { sizeOf, type DType } from '../session.js';
import { cast, select } from './elementwise.js';
import { broadcastTo, elementwise, reshape } from './kernel.js';

/** Rows per chunk. The products cost rows × chunk within chunks and (rows / chunk)² between them: minimal near here. */
const chunkOf = (rows: number): number => 2 ** Math.round(Math.log2(Math.cbrt(2 * rows)));

/** Up to this many numbers, scattering takes less time. */
const FEW = 1 << 16;

/** `x` is `[...ids.shape, ...row]`, the result `[segments, ...row]`. Rows whose id is out of range are left out. */
export function segmentSum(graph: Graph, x: Value, ids: Value, segments: number): Value {
  const row = x.shape.slice(ids.shape.length);
  const count = sizeOf(ids.shape);
  const few = sizeOf(x.shape) <= FEW || segments > 8 * count;
  const sum = few ? scatteredSum : sortedSum;
  const sums = sum(graph, x, reshape(graph, ids, [count]), [segments, sizeOf(row)]);
  return reshape(graph, sums, [segments, ...row]);
}

type Size = readonly [segments: number, width: number];

function scatteredSum(graph: Graph, x: Value, ids: Value, size: Size): Value {
  const zero = graph.scalar(0, x.dtype as DType);
  const shape = [ids.shape[0]!, size[1]];
  const inside = isSegment(graph, ids, size[0]);
  const safe = select(graph, inside, ids, int32(graph, 0));
  const kept = select(graph, column(graph, inside), reshape(graph, x, shape), zero);
  return graph.emit(
    'ScatterElements',
    [broadcastTo(zero, size), broadcastTo(column(graph, safe), shape), broadcastTo(kept, shape)],
    { dtype: x.dtype, shape: size },
    { attributes: { axis: 0, reduction: 'add' } },
  );
}

/**
 * A product multiplies the other rows of a chunk by zero, so a NaN or an infinity in one row reaches the segments
 * that share a chunk with it.
 */
function sortedSum(graph: Graph, x: Value, ids: Value, [segments, width]: Size): Value {
  const chunk = chunkOf(ids.shape[0]!);
  const chunks = Math.floor(ids.shape[0]! / chunk) + 1;
  const size = chunks * chunk;
  const { segment, rows } = sortRows(graph, x, ids, { segments, width, size });
  const chunked = reshape(graph, rows, [chunks, chunk, width]);
  const sums = sumChunks(graph, segment, chunked, int32(graph, segments));
  const { tail, rest } = continuations(graph, segment, sums);
  const first = firstRows(graph, segment, segments);
  const chunkOfFirst = elementwise(graph, 'Div', [first, int32(graph, chunk)]);
  const continues = equal(graph, gatherRows(graph, tail, chunkOfFirst), range(graph, segments));
  // No segment continues after the last chunk: its rest is zero.
  const restOf = select(graph, continues, chunkOfFirst, int32(graph, chunks - 1));
  const start = gatherRows(graph, reshape(graph, sums, [size, width]), first);
  return elementwise(graph, 'Add', [start, gatherRows(graph, rest, restOf)]);
}

/**
 * The rows sorted by segment and padded to `size`, which is larger than their number. Rows without a segment and padding
 * get the id `segments` and come last; there is always at least one.
 */
function sortRows(
  graph: Graph,
  x: Value,
  ids: Value,
  { segments, width, size }: { segments: number; width: number; size: number },
): { segment: Value; rows: Value } {
  const count = ids.shape[0]!;
  const { source, index, kept } = rowsOf(graph, x, [count, width]);
  const inside = isSegment(graph, ids, segments);
  const none = int32(graph, segments);
  const own = select(graph, kept ? elementwise(graph, 'And', [inside, kept]) : inside, ids, none);
  const pads = graph.ints([0, size - count]);
  const filled = graph.emit('Pad', [own, pads, none], { dtype: 'int32', shape: [size] });
  const outs = [
    { dtype: 'int32', shape: [size] },
    { dtype: 'int64', shape: [size] },
  ] as const;
  const attributes = { axis: 0, largest: 0, sorted: 1 };
  const [segment, order] = graph.emitAll('TopK', [filled, graph.ints([size])], outs, { attributes });
  const from = elementwise(graph, 'Min', [order!, graph.int(count - 1)]);
  const rows = gatherRows(graph, source, index ? gatherRows(graph, index, from) : from);
  return { segment: segment!, rows };
}

interface Rows {
  source: Value;
  /** Which rows of `source`, `[count]`; by default all of them in order. */
  index?: Value;
  /** Which rows to keep, bool `[count]`; the others are zero. By default all. */
  kept?: Value;
}

/**
 * Where the rows of `x` come from. Sorting gathers them anyway, so an earlier gather need not run at all, nor a mask that
 * zeroes some rows, as in the gradient of a segment sum.
 */
function rowsOf(graph: Graph, x: Value, [count, width]: readonly [number, number]): Rows {
  const { op, inputs = [], attributes } = graph.origin(x) ?? {};
  const [first, second, third] = inputs as [Value, Value, Value];
  if (x.shape[0] === count && op === 'Gather' && attributes?.['axis'] === 0 && second.shape.length === 1)
    return { source: first, index: second };
  const masks = op === 'Where' && third.constant === 0 && sameShape(second.stored, x.shape);
  if (masks && sameShape(first.shape, [count, ...x.shape.slice(1).fill(1)]))
    return { ...rowsOf(graph, second, [count, width]), kept: reshape(graph, first, [count]) };
  return { source: reshape(graph, x, [count, width]) };
}

/** For each sorted row, the sum over the rows in its chunk with the same segment; zero for the segment `none`. */
function sumChunks(graph: Graph, segment: Value, rows: Value, none: Value): Value {
  const [chunks, size] = rows.shape as [number, number, number];
  const summed = select(graph, equal(graph, segment, none), int32(graph, -1), segment);
  const [down, across] = [
    reshape(graph, segment, [chunks, size, 1]),
    reshape(graph, summed, [chunks, 1, size]),
  ];
  const same = equal(graph, down, across);
  return graph.emit('MatMul', [cast(graph, same, rows.dtype), rows], rows);
}

/** The first sorted row of each segment, `[segments]`; for an empty segment the very last row, which is zero. */
function firstRows(graph: Graph, segment: Value, segments: number): Value {
  const [size] = segment.shape as [number];
  const none = broadcastTo(int32(graph, size - 1), [segments + 1]);
  const first = graph.emit('ScatterElements', [none, segment, range(graph, size)], none, {
    attributes: { axis: 0, reduction: 'min' },
  });
  return slice(graph, first, [0, segments]);
}

/** The last segment of each chunk, and the sum of its rows in later chunks. */
function continuations(graph: Graph, segment: Value, sums: Value): { tail: Value; rest: Value } {
  const [chunks, size, width] = sums.shape as [number, number, number];
  const ids = reshape(graph, segment, [chunks, size]);
  const head = reshape(graph, slice(graph, ids, [0, 1], 1), [1, chunks]);
  const tail = slice(graph, ids, [size - 1, size], 1);
  const order = range(graph, chunks);
  const later = elementwise(graph, 'Less', [column(graph, order), order], 'bool');
  const same = cast(graph, elementwise(graph, 'And', [equal(graph, tail, head), later]), sums.dtype);
  const heads = reshape(graph, slice(graph, sums, [0, 1], 1), [chunks, width]);
  const rest = graph.emit('MatMul', [same, heads], { dtype: sums.dtype, shape: [chunks, width] });
  return { tail: reshape(graph, tail, [chunks]), rest };
}

const int32 = (graph: Graph, number: number): Value => graph.scalar(number, 'int32');

const equal = (graph: Graph, a: Value, b: Value): Value => elementwise(graph, 'Equal', [a, b], 'bool');

const column = (graph: Graph, x: Value): Value => reshape(graph, x, [x.shape[0]!, 1]);

function isSegment(graph: Graph, ids: Value, segments: number): Value {
  const low = elementwise(graph, 'GreaterOrEqual', [ids, int32(graph, 0)], 'bool');
  return elementwise(graph, 'And', [low, elementwise(graph, 'Less', [ids, int32(graph, segments)], 'bool')]);
}

function range(graph: Graph, stop: number): Value {
  const numbers = Int32Array.from({ length: stop }, (_x, i) => i);
  return graph.constant(numbers, { dtype: 'int32', shape: [stop] });
}

function gatherRows(graph: Graph, x: Value, index: Value): Value {
  const out = { dtype: x.dtype, shape: [index.shape[0]!, ...x.shape.slice(1)] };
  return graph.emit('Gather', [x, index], out, { attributes: { axis: 0 } });
}

function slice(graph: Graph, x: Value, [start, end]: readonly [number, number], axis = 0): Value {
  const shape = x.shape.with(axis, end - start);
  const bounds = [graph.ints([start]), graph.ints([end]), graph.ints([axis])];
  return graph.emit('Slice', [x, ...bounds], { dtype: x.dtype, shape });
}
