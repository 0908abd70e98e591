/** Rows of several pull requests, apart and in their order. */
export function groupById<T extends { pull_request_id: number }>(rows: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.pull_request_id);
    if (group) group.push(row);
    else groups.set(row.pull_request_id, [row]);
  }
  return groups;
}
