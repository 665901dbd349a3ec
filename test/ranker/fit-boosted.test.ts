import { test } from 'tap';
import { toLists } from '../../src/formats/lists.js';
import { rankBoosted } from '../../src/ranker/boosted-model.js';
import { fitBoosted } from '../../src/ranker/fit-boosted.js';
import type { JudgedTexts } from '../../src/ranker/judged.js';
import { Random } from '../../src/random.js';
import { emptyFound, type Found } from '../../src/search/found.js';

const LABELS = 500;
const FOUND = 20;
const known = { frequency: () => 3, inversePropensity: () => 2, seed: 1 };

/** A source that scores the label `truth` by `quality` above others at random; `quality` 0 is noise. */
function source(truth: readonly number[], quality: number, random: Random): Found {
  const found = emptyFound(truth.length, FOUND);
  truth.forEach((label, text) => {
    const labels = new Set([label]);
    while (labels.size < FOUND) labels.add(random.below(LABELS));
    const scored = [...labels].map((own) => ({ own, score: random.next() + (own === label ? quality : 0) }));
    scored
      .sort((a, b) => b.score - a.score)
      .forEach(({ own, score }, rank) => {
        found.ids[text * FOUND + rank] = own;
        found.scores[text * FOUND + rank] = score;
      });
  });
  return found;
}

function judged(texts: number, qualities: Readonly<Record<string, number>>, seed: number): JudgedTexts[] {
  const random = new Random(seed);
  return Array.from({ length: texts / 50 }, () => {
    const truth = Array.from({ length: 50 }, () => random.below(LABELS));
    const found = Object.entries(qualities).map(([name, q]) => [name, source(truth, q, random)] as const);
    return { found: Object.fromEntries(found), labels: toLists(truth.map((label) => [label])) };
  });
}

const named = (...names: string[]) => names.map((name) => ({ name, byDifference: false }));

test('two sources together are better than each alone, also on other texts, and probabilities hold', (t) => {
  const qualities = { first: 0.5, second: 0.5 };
  const { model, comparison } = fitBoosted(judged(600, qualities, 1), named('first', 'second'), known);
  const { sources, fused, leftOut, calibrationError } = comparison;
  const best = Math.max(...Object.values(sources).map((own) => own['P@1']!));
  t.ok(fused['P@1']! > best + 0.1, `${best} → ${fused['P@1']}`);
  t.same(leftOut, []);
  t.ok(calibrationError < 0.1, `${calibrationError}`);
  const others = judged(200, qualities, 2);
  let right = 0;
  for (const { found, labels } of others) {
    const ranked = rankBoosted(model, found, { k: 5, frequency: known.frequency });
    labels.values.forEach((label, text) => (right += Number(ranked.ids[text * 5] === label)));
    t.ok(ranked.scores.every((score, i) => score >= 0 && score <= 1 && (i % 5 === 0 || score <= ranked.scores[i - 1]!))); // prettier-ignore
  }
  t.ok(right / 200 > best + 0.05, `${best} → ${right / 200}`);
  t.end();
});

test('the few best are the best of all', (t) => {
  const { model } = fitBoosted(judged(600, { first: 0.5, second: 0.5 }, 1), named('first', 'second'), known);
  for (const { found } of judged(200, { first: 0.5, second: 0.5 }, 3)) {
    const [few, all] = [2, 2 * FOUND].map((k) =>
      rankBoosted(model, found, { k, frequency: known.frequency }),
    );
    for (let text = 0; text < 50; text++) {
      t.same(few!.ids.subarray(2 * text, 2 * text + 2), all!.ids.subarray(all!.k * text, all!.k * text + 2));
      t.same(few!.scores[2 * text], all!.scores[all!.k * text]);
    }
  }
  t.end();
});

test('the same texts and seed give the same model', (t) => {
  const texts = judged(100, { first: 0.5, second: 0.3 }, 3);
  const fit = () => fitBoosted(texts, named('first', 'second'), known);
  t.same(fit(), fit());
  t.end();
});

test('a handful of texts gives the order of the reciprocal ranks', (t) => {
  const texts = judged(50, { first: 2, second: 2 }, 4);
  const [{ found }] = texts as [JudgedTexts];
  const one = [{ found: { first: { ...found.first!, ids: found.first!.ids.slice(0, FOUND), scores: found.first!.scores.slice(0, FOUND) } }, labels: toLists([[1]]) }]; // prettier-ignore
  const { model } = fitBoosted(one, named('first'), known);
  const ranked = rankBoosted(model, one[0]!.found, { k: FOUND, frequency: known.frequency });
  t.same([...ranked.ids], [...one[0]!.found.first.ids]);
  t.end();
});
