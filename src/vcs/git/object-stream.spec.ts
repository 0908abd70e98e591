import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectStream, type GitAnswer } from './object-stream.js';

const id = 'a'.repeat(40);

describe('the output of cat-file', () => {
  it('is cut into the same answers however it arrives', () => {
    const output = Buffer.from(
      `${id} commit 5\nab\nc\n\n${id} tag 3\nx y missing\n${id} blob 0\n\nab ambiguous\n`,
    );
    const commands = ['contents', 'info', 'info', 'contents', 'contents'] as const;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: output.length })), (cuts) => {
        const answers: GitAnswer[] = [];
        const stream = new ObjectStream((answer) => answers.push(answer));
        stream.expect(commands);
        let start = 0;
        for (const end of [...cuts.sort((a, b) => a - b), output.length]) {
          stream.push(output.subarray(start, end));
          start = end;
        }
        expect(answers).toEqual([
          { found: true, id, type: 'commit', size: 5, content: Buffer.from('ab\nc\n') },
          { found: true, id, type: 'tag', size: 3, content: Buffer.alloc(0) },
          { found: false, reason: 'missing' },
          { found: true, id, type: 'blob', size: 0, content: Buffer.alloc(0) },
          { found: false, reason: 'ambiguous' },
        ]);
      }),
    );
  });

  it('is refused when nobody asked, or when an object is too large', () => {
    const stream = new ObjectStream(() => undefined);
    expect(() => stream.push(Buffer.from(`${id} commit 3\n`))).toThrow('unexpected output');
    const asked = new ObjectStream(() => undefined);
    asked.expect(['contents', 'contents']);
    expect(() => asked.push(Buffer.from(`${id} blob 99999999\n`))).toThrow('contents of more than');
  });
});
