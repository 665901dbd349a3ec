import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

export type { TopLevelSpec };

/** A figure as an SVG document with a white background, legible on any page. */
export async function svgOf(spec: TopLevelSpec): Promise<string> {
  const styled: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 12,
    config: { view: { stroke: '#ddd' }, axis: { gridColor: '#eee' }, font: 'sans-serif' },
    ...spec,
  };
  const view = new vega.View(vega.parse(compile(styled).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
