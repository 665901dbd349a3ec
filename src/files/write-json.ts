import { AtomicFile } from './atomic-file.js';
import { print } from './standard-output.js';

/** Writes a value as JSON, atomically; `-` is standard output. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  if (path === '-') {
    await print(text);
    return;
  }
  await using file = await AtomicFile.create(path);
  await file.write(text);
  await file.finish();
}
