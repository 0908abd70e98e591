import type { Spread } from '../statistics.js';

/** Columns as wide as they need to be; the first one to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Three digits that say something, never more than two behind the point. */
export function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '-';
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}

export const withRange = ({ median, min, max }: Spread, show: (value: number) => string = number): string =>
  `${show(median)} (${show(min)}..${show(max)})`;

export const ratio = (value: number): string => value.toFixed(2);

/** @param met whether the value is as good as the aim; for what has no spread */
export const aimed = (aim: string, met: boolean): string => `${aim} ${met ? 'met' : 'MISSED'}`;

/** Met or missed only when all rounds say the same. */
export function judged(aim: string, { min, max }: Spread, isGood: (value: number) => boolean): string {
  if (isGood(min) !== isGood(max)) return `${aim} undecided`;
  return aimed(aim, isGood(min));
}

export const atLeast = (values: Spread, aim: number, unit = ''): string =>
  judged(`>= ${aim}${unit}`, values, (value) => value >= aim);

export const atMost = (values: Spread, aim: number, unit = ''): string =>
  judged(`<= ${aim}${unit}`, values, (value) => value <= aim);
