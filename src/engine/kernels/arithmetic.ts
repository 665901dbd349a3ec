/** Broadcasting arithmetic on arrays of a graph, for use in other kernels. */
import type { Graph, Value } from '../graph.js';
import { elementwise } from './kernel.js';

const operation =
  (op: string) =>
  (graph: Graph, a: Value, b: Value): Value =>
    elementwise(graph, op, [a, b]);

export const add = operation('Add');
export const sub = operation('Sub');
export const mul = operation('Mul');
export const div = operation('Div');

/** A float32 of rank 0. */
export const number = (graph: Graph, x: number): Value => graph.scalar(x, 'float32');
