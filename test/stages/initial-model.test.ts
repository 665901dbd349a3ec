import { test } from 'tap';
import { OWN_ENCODERS, ownEncoder } from '../../src/encode/own-encoders.js';
import { EncoderOptions, traitsOf } from '../../src/stages/initial-model.js';

for (const encoder of OWN_ENCODERS)
  test(`${encoder}: its entry alone says what is known before it is trained`, (t) => {
    const { kind, dim } = ownEncoder(encoder);
    t.strictSame(traitsOf({ encoder, dim: 7, maxLength: 9 }, { embeddings: 'f16' }), {
      ...{ kind, dim: dim(7) },
      ...{ maxLength: 9, half: true },
    });
    t.match(EncoderOptions.shape.encoder.meta()?.description, encoder, 'the help lists it');
    t.end();
  });
