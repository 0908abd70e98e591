import { describe, expect, it } from 'vitest';
import { historyDate } from './history-date.js';

describe('a date of the history filters', () => {
  it('is server-local time', () => {
    expect(historyDate('start_date', '2024-02-29T23:59:58')).toBe(
      new Date(2024, 1, 29, 23, 59, 58).getTime() / 1000,
    );
    expect(historyDate('start_date', '0099-12-31T00:00:00')).toBeLessThan(-59_000_000_000);
  });

  it('is nothing else', () => {
    const wrong = [
      '',
      'yesterday',
      '2024-02-29',
      '2024-02-29T10:00',
      '2024-02-29 10:00:00',
      '2024-02-29T10:00:00Z',
      '2024-02-29T10:00:00.5',
      ' 2024-02-29T10:00:00',
      '2023-02-29T10:00:00',
      '2024-13-01T10:00:00',
      '2024-00-01T10:00:00',
      '2024-06-31T10:00:00',
      '2024-06-30T24:00:00',
      '2024-06-30T10:60:00',
      '2024-06-30T10:00:60',
    ];
    for (const text of wrong) {
      expect(() => historyDate('end_date', text)).toThrow(
        'argument `end_date` must be a date in the format YYYY-MM-DDTHH:MM:SS (server time)',
      );
    }
  });
});
