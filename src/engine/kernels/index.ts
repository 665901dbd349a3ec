import { elementwiseKernels } from './elementwise.js';
import { fusedKernels } from './fused.js';
import { indexingKernels } from './indexing.js';
import type { KernelTable } from './kernel.js';
import { linearAlgebraKernels } from './linear-algebra.js';
import { reductionKernels } from './reduction.js';
import { shapeKernels } from './shape.js';

/** Every TensorFlow.js kernel that has an ONNX form. */
export const kernels: KernelTable = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...linearAlgebraKernels,
  ...indexingKernels,
  ...fusedKernels,
};
