/** The devices that training runs on, and how one is chosen. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BackendError } from '../errors.js';

/**
 * `cpu`, `webgpu` and `cuda` are ONNX Runtime's (the last needs its CUDA libraries, which its install script fetches);
 * `tensorflow` is TensorFlow.js on native TensorFlow (`@tensorflow/tfjs-node-gpu` or `tfjs-node`, if installed); `auto` is
 * the first of cuda and webgpu that works, else cpu.
 */
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorflow'] as const;
export type Device = (typeof DEVICES)[number];

export interface Choice {
  device: Exclude<Device, 'auto'>;
  /** One line for the user. */
  why: string;
}

/** `auto` never fails. @throws BackendError if a device requested by name cannot be used. */
export function chooseDevice(wanted: Device): Choice {
  if (wanted === 'cpu') return { device: 'cpu', why: 'requested' };
  if (wanted !== 'auto') {
    const problem = probe(wanted);
    if (problem !== undefined) throw new BackendError(problem);
    return { device: wanted, why: 'requested' };
  }
  const problems: string[] = [];
  for (const device of ['cuda', 'webgpu'] as const) {
    const problem = probe(device);
    if (problem === undefined) return { device, why: 'it works and its results match the CPU' };
    problems.push(problem);
  }
  return { device: 'cpu', why: problems.join('; ') };
}

const PROBE_MS = 60_000;

/**
 * What is wrong with a device, if anything. Tested in a separate process, because a driver may print, hang or abort. Its
 * results are compared with the CPU's before it is used for training.
 */
function probe(device: string): string | undefined {
  const script = fileURLToPath(new URL('./device-probe.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [script, device], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: PROBE_MS,
  });
  if (status === 0) return undefined;
  return stdout.trim().split('\n').at(-1) || `device ${device}: it does not start`;
}
