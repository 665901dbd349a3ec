/** What is part of a word: letters, numbers, `_`, and marks, without which decomposed accents and Indic vowels break words. */

const WORD = /^[\p{L}\p{M}\p{N}_]/u;

/** Everything between words. */
export const NOT_WORD = /[^\p{L}\p{M}\p{N}_]+/gu;

/** One byte per UTF-16 code unit: looking up is much faster than matching. Filled at the first use. */
const units = new Uint8Array(1 << 16);
let filled = false;

function fill(): void {
  for (let unit = 0; unit < units.length; unit++) units[unit] = Number(WORD.test(String.fromCharCode(unit)));
  filled = true;
}

/** Whether the UTF-16 code unit at a place belongs to a word; both halves of a pair do, or neither. */
export function isWordAt(text: string, at: number): boolean {
  if (!filled) fill();
  const unit = text.charCodeAt(at);
  if ((unit & 0xf800) !== 0xd800) return units[unit] === 1;
  const point = text.codePointAt(unit < 0xdc00 ? at : at - 1);
  return point !== undefined && WORD.test(String.fromCodePoint(point));
}
