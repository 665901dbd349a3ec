/** ONNX Runtime. Import this before any other package that loads it, so that it is this that tells why it does not load. */
import '../no-telemetry.js';
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import { BackendError } from '../errors.js';

/** @throws BackendError on import, if there is no binary for this machine or its installation has failed. */
export const ort = loaded();

function loaded(): typeof Ort {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new BackendError(
      `onnxruntime-node does not load on ${process.platform}-${process.arch} (${reason}); if its installation failed, install again with ONNXRUNTIME_NODE_INSTALL=skip in the environment`,
      { cause: error },
    );
  }
}
