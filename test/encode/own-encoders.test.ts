import { test } from 'tap';
import { OWN_ENCODERS, ownEncoder } from '../../src/encode/own-encoders.js';

for (const name of OWN_ENCODERS)
  test(`${name} starts from parameters of the shapes that it says`, (t) => {
    const { dim, initial, shapes } = ownEncoder(name);
    for (const asked of [undefined, 64]) {
      const own = dim(asked);
      const parameters = initial(own);
      const expected = Object.entries(shapes(own));
      t.same(Object.keys(parameters).sort(), expected.map(([parameter]) => parameter).sort());
      for (const [parameter, shape] of expected)
        t.match(
          parameters[parameter]!.shape,
          shape.map((size) => size ?? Number),
        );
    }
    t.end();
  });
