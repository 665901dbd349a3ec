import type { Tensors } from '../formats/safetensors.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { Rule } from '../model/optimisers/rule.js';
import type { ParameterSpec } from './objective.js';

/** An encoder's parameters, all trained by `rule`; weight decay applies only where the encoder says so. */
export function encoderParameters(
  encoder: Encoder,
  tensors: Tensors,
  rule: Rule,
): Record<string, ParameterSpec> {
  const { dense, tables } = encoder;
  const plain = { ...rule, decay: 0 };
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]): [string, ParameterSpec][] => {
      if (name in dense)
        return [[name, { at: 'memory', ...tensor, rule: encoder.decays(name) ? rule : plain }]];
      return name in tables ? [[name, { at: 'table', ...tensor, rule: plain }]] : [];
    }),
  );
}
