/** What happened in one repository: day (UTC) -> event type -> how often. `seen` are the newest events that were counted. */
export type Days = {
  counts: Record<string, Record<string, number>>;
  seen: number[];
};

/** An event that comes again comes within that many others of its repository. */
const MOST_SEEN = 200;

/** An event that came before is not counted again. */
export function countEvent(days: Days, type: string, timestamp: string, eventId: number): void {
  if (days.seen.includes(eventId)) return;
  const day = timestamp.slice(0, 10);
  const counts = (days.counts[day] ??= {});
  counts[type] = (counts[type] ?? 0) + 1;
  days.seen = [...days.seen, eventId].slice(-MOST_SEEN);
}

/** @param oldest first day that stays */
export function forgetBefore(days: Days, oldest: string): void {
  for (const day of Object.keys(days.counts)) if (day < oldest) delete days.counts[day];
}
