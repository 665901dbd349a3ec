import { cpSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'tap';

test('where the binary of ONNX Runtime is missing, one line says what to do', async (t) => {
  const dir = t.testdir();
  for (const file of ['package.json', 'src/errors.js', 'src/no-telemetry.js', 'src/engine/onnx-runtime.js'])
    cpSync(join(file.endsWith('.js') ? 'dist' : '.', file), join(dir, file));
  for (const name of ['onnxruntime-node', 'onnxruntime-common'])
    cpSync(realpathSync(join('node_modules', name)), join(dir, 'node_modules', name), {
      recursive: true,
      filter: (path) => !path.endsWith('.node') && !path.includes('.so'),
    });
  await t.rejects(import(pathToFileURL(join(dir, 'src/engine/onnx-runtime.js')).href), {
    name: 'BackendError',
    code: 'ERR_BACKEND',
    message:
      /^onnxruntime-node does not load on \w+-\w+ \(Cannot find module '.*'\); .* again with ONNXRUNTIME_NODE_INSTALL=skip/,
  });
});
