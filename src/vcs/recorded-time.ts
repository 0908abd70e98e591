/** What has four digits of a year in every zone, and what PostgreSQL and `Date` can hold. */
const EARLIEST = Date.UTC(1000, 0, 2) / 1000;
const LATEST = Date.UTC(9999, 11, 30) / 1000;

/**
 * Time of a commit as dates can show it: git takes any number of seconds for one, whatever year that is.
 * @param seconds unix time @returns whole seconds, at the nearest end when there is no such date
 */
export function recordedTime(seconds: number): number {
  return Math.min(Math.max(Math.trunc(seconds), EARLIEST), LATEST);
}
