import { describe, expect, it } from 'vitest';
import { problemsIn } from './verify.js';

const OWN = 'plugins/mine/index.ts(3,1): error TS2322: no';
const OTHERS = ['plugins/mine-too/index.ts(1,7): error TS2322: no', 'src/main.ts(1,1): error TS1: no'];

describe('the types of a plugin in a clone', () => {
  it('are wrong where its own files are, and nowhere else', () => {
    expect(problemsIn('plugins/mine', [OWN, ...OTHERS])).toEqual([OWN]);
    expect(problemsIn('plugins/mine', OTHERS)).toEqual([]);
  });

  it('are not judged when the compiler did not work', () => {
    expect(problemsIn('plugins/mine', ['error TS5083: Cannot read file'])).toHaveLength(1);
  });

  it('are all that the compiler of a package of its own says', () => {
    expect(problemsIn('', [OWN, ...OTHERS])).toHaveLength(3);
  });
});
