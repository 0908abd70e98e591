import { describe, expect, it } from 'vitest';
import { CommitOrderReader, type CommitOrder } from './commit-order.js';

const COUNT = 5_000;
/** Few different beginnings, so that most ids meet others in the table. */
const id = (number: number) =>
  (number % 7).toString(16).padStart(8, '0') + number.toString(16).padStart(32, '0');

function orderOf(count: number, chunkBytes: number): CommitOrder {
  const lines = Array.from({ length: count }, (_, place) => {
    const number = count - 1 - place;
    return `${number * 60 - 3_600} ${id(number)}\n`;
  });
  const output = Buffer.from(lines.join(''));
  const reader = new CommitOrderReader();
  for (let at = 0; at < output.length; at += chunkBytes) reader.push(output.subarray(at, at + chunkBytes));
  return reader.finish();
}

describe('the order of commits', () => {
  it('finds commits by number and numbers by id, however the output was cut', () => {
    for (const chunkBytes of [13, 4_096, 1_000_000]) {
      const order = orderOf(COUNT, chunkBytes);
      expect(order.count).toBe(COUNT);
      for (const number of [0, 1, 1_023, 1_024, 2_500, COUNT - 1]) {
        expect(order.idAt(number)).toBe(id(number));
        expect(order.revisionOf(id(number))).toBe(number);
        expect(order.dateAt(number)).toBe(number * 60 - 3_600);
      }
    }
  });

  it('knows what is not in it', () => {
    const order = orderOf(10, 1_000);
    expect([order.idAt(-1), order.idAt(10)]).toEqual([undefined, undefined]);
    expect(order.revisionOf(id(10))).toBe(-1);
    expect(orderOf(0, 1).revisionOf(id(0))).toBe(-1);
    expect(orderOf(0, 1).idAt(0)).toBeUndefined();
  });
});
