/** The rows `ids` of a table `[rows, dim]`, filled up with zeros to `[count, dim]`. */
export function fillRows(
  table: Float32Array,
  dim: number,
  { ids, count }: { ids: Int32Array; count: number },
): Float32Array {
  const rows = new Float32Array(count * dim);
  ids.forEach((id, i) => {
    rows.set(table.subarray(id * dim, (id + 1) * dim), i * dim);
  });
  return rows;
}
