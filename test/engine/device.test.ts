import { test } from 'tap';
import { chooseDevice } from '../../src/engine/device.js';

test('the CPU is always available', async (t) => {
  t.same(chooseDevice('cpu'), { device: 'cpu', why: 'requested' });
});

test('auto always chooses, and says why', async (t) => {
  const { device, why } = chooseDevice('auto');
  t.ok(['cpu', 'webgpu', 'cuda'].includes(device));
  t.match(why, device === 'cpu' ? /device cuda: .+; device webgpu: .+/ : /it works/);
  t.notMatch(why, /\n/);
});

test('an unavailable device is refused by name', async (t) => {
  t.throws(() => chooseDevice('tensorflow'), {
    name: 'BackendError',
    message: /^backend tensorflow: could not load @tensorflow\/tfjs-node-gpu or @tensorflow\/tfjs-node/,
  });
});
