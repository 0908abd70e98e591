import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HgFrames, runCommandFrame, type HgFrame } from './command-frames.js';

const frame = (channel: string, data: Buffer) => {
  const head = Buffer.alloc(5);
  head.write(channel, 'latin1');
  head.writeUInt32BE(data.length, 1);
  return Buffer.concat([head, data]);
};

describe('the frames of a command server', () => {
  it('are the same however they arrive', () => {
    const code = Buffer.alloc(4);
    code.writeInt32BE(-1);
    const question = Buffer.from([0x4c, 0, 0, 0x10, 0]);
    const parts = [
      frame('o', Buffer.from('out')),
      question,
      frame('e', Buffer.from('err')),
      frame('d', Buffer.from('debug')),
    ];
    const output = Buffer.concat([...parts, frame('r', code)]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: output.length })), (cuts) => {
        const frames: HgFrame[] = [];
        const reader = new HgFrames((one) => frames.push(one));
        let start = 0;
        for (const end of [...cuts.sort((a, b) => a - b), output.length]) {
          reader.push(output.subarray(start, end));
          start = end;
        }
        expect(frames).toEqual([
          { kind: 'output', data: Buffer.from('out') },
          { kind: 'input', atMost: 0x1000 },
          { kind: 'error', data: Buffer.from('err') },
          { kind: 'result', code: -1 },
        ]);
      }),
    );
  });

  it('that are none are refused', () => {
    expect(() => new HgFrames(() => undefined).push(Buffer.from('Traceback (most recent'))).toThrow(
      /channel|frame/,
    );
    expect(() => new HgFrames(() => undefined).push(Buffer.from([0x6f, 0xff, 0xff, 0xff, 0xff]))).toThrow(
      'frame of',
    );
  });

  it('cannot be given one argument that becomes two', () => {
    expect(runCommandFrame(['log', '-r', 'é']).toString()).toBe('runcommand\n\0\0\0\x09log\0-r\0é');
    expect(() => runCommandFrame(['log', 'a\0--config'])).toThrow(RangeError);
  });
});
