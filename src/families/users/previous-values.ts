/** Members of `before` whose value differs in `after`: the `previous` of an event that tells of a change. */
export function previousValues<T extends object>(before: T, after: T): Partial<T> {
  const changed = Object.entries(before).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name as keyof T]),
  );
  return Object.fromEntries(changed) as Partial<T>;
}
