import { describe, expect, it } from 'vitest';
import { cleanDiagnostics } from './diagnostics.js';

describe('diagnostics', () => {
  it.each([
    [
      "fatal: unable to access 'https://ann:pw@example.com/x/': refused",
      "fatal: unable to access 'https://example.com/x/': refused",
    ],
    ['abort: repository /srv/repos/secret/group not found', 'abort: repository <path> not found'],
    ["fatal: '/srv/a b' is", "fatal: '<path> b' is"],
    ['see file:///srv/x', 'see file:///srv/x'.replace('/srv/x', '<path>')],
    ['red\u001b[31m\u0007 text\r', 'red[31m text'],
    ['either a/b or c', 'either a/b or c'],
  ])('%j becomes %j', (raw, clean) => {
    expect(cleanDiagnostics(raw)).toBe(clean);
  });

  it('hide given secrets wherever they stand', () => {
    expect(cleanDiagnostics('sent hunter2 as x-hunter2', ['hunter2', ''])).toBe('sent *** as x-***');
  });

  it('stay short and keep the end, where the reason is', () => {
    const cleaned = cleanDiagnostics(`${'progress\n'.repeat(2_000)}fatal: reason`);
    expect(cleaned).toHaveLength(2_000);
    expect(cleaned).toMatch(/fatal: reason$/);
  });

  it('keep both ends of a long line', () => {
    const cleaned = cleanDiagnostics(`fatal: unknown capability '${'x'.repeat(4_000)}'\nfatal: the end`);
    expect(cleaned).toMatch(/^fatal: unknown capability 'x+ \.\.\. x+'\nfatal: the end$/);
    expect(cleaned.length).toBeLessThan(1_100);
  });
});
