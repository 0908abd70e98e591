import { describe, expect, it } from 'vitest';
import { DiagnosticLines } from './diagnostic-lines.js';

describe('lines of standard error', () => {
  it('are cut at line feeds and carriage returns, wherever the chunks end', () => {
    const taken: string[] = [];
    const kept: string[] = [];
    const lines = new DiagnosticLines(
      (line) => line.startsWith('%') && taken.push(line) > 0,
      (line) => kept.push(line.toString()),
    );
    for (const chunk of ['%1\r%', '2\r', 'fatal: é', ' stays\n%3\rend']) lines.push(Buffer.from(chunk));
    lines.end();
    expect(taken).toEqual(['%1', '%2', '%3']);
    expect(kept.join('')).toBe('fatal: é stays\nend');
  });

  it('that never end are let go', () => {
    const kept: string[] = [];
    const lines = new DiagnosticLines(
      () => false,
      (line) => kept.push(line.toString()),
    );
    lines.push(Buffer.alloc(10_000, 'x'));
    expect(kept.join('')).toHaveLength(10_000);
  });
});
