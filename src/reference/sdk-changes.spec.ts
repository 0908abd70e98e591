import { describe, expect, it } from 'vitest';
import { sdkApi, sdkProblems } from './sdk-changes.js';

const DEFAULT = [
  'export interface Context {\n    // (undocumented)\n    call(): void;\n    readonly id: string;\n}',
];

/** As API Extractor writes them. */
const api = (version: string, blocks: readonly string[] = DEFAULT, sources: readonly string[] = []) => {
  const report = `## API Report\n\n\`\`\`ts\n\n${blocks.map((block) => `// @public\n${block}\n`).join('\n')}\n\`\`\`\n`;
  return sdkApi(version, [report], sources);
};
const told = (version: string, ...names: string[]) => `- SDK ${version}: ${names.join(', ')}`;
const more = [...DEFAULT, 'export const dial: () => void;'];
const grown = [`${DEFAULT[0]?.slice(0, -1)}    readonly now: number;\n}`];

describe('the version of the plugin API', () => {
  it('stays while the API does, whatever is said of it', () => {
    expect(sdkProblems(api('1.2.0'), api('1.2.0'), '')).toEqual([]);
    expect(sdkProblems(api('1.2.0'), api('1.2.1'), '')).toEqual([]);
  });

  it.each([
    ['an export', more],
    ['a member', grown],
  ])('moves by a minor for %s that is added', (_, blocks) => {
    expect(sdkProblems(api('1.2.0'), api('1.2.0', blocks), told('1.2.0'))).toEqual([
      expect.stringContaining('SDK_VERSION must be 1.3.0 or later'),
    ]);
    expect(sdkProblems(api('1.2.0'), api('1.2.7', blocks), told('1.2.7'))).toHaveLength(1);
    expect(sdkProblems(api('1.2.0'), api('1.3.0', blocks), told('1.3.0'))).toEqual([]);
  });

  it('moves by a major for what is changed, below 1.0 by a minor', () => {
    const changed = [DEFAULT[0]?.replace('call()', 'call(all: boolean)') ?? ''];
    expect(sdkProblems(api('1.2.0'), api('1.3.0', changed), told('1.3.0', '`Context`'))).toEqual([
      'the plugin API is not that of 1.2.0 any more (changed: Context): SDK_VERSION must be 2.0.0 or later',
    ]);
    expect(sdkProblems(api('1.2.0'), api('2.0.0', changed), told('2.0.0', '`Context`'))).toEqual([]);
    expect(sdkProblems(api('0.2.0'), api('0.3.0', changed), told('0.3.0', '`Context`'))).toEqual([]);
  });

  it('moves by a minor for what is said to break nobody', () => {
    const optional = [DEFAULT[0]?.replace('call()', 'call(all?: boolean)') ?? ''];
    const line = told('1.3.0', '(compatible: Context)');
    expect(sdkProblems(api('1.2.0'), api('1.3.0', optional), line)).toEqual([]);
    expect(sdkProblems(api('1.2.0'), api('1.2.0', optional), line)).toHaveLength(2);
  });

  it('has a line in the changelog, which names what breaks', () => {
    expect(sdkProblems(api('1.2.0'), api('1.3.0', more), told('1.2.0'))).toEqual([
      'no line for plugin authors in CHANGELOG.md begins with SDK 1.3.0',
    ]);
    const changed = [DEFAULT[0]?.replace('id: string', 'id: number') ?? ''];
    expect(sdkProblems(api('1.2.0'), api('2.0.0', changed), told('2.0.0'))).toEqual([
      expect.stringContaining('names `Context`'),
    ]);
  });
});

describe('an export', () => {
  const old = '/** @deprecated since 1.2.0: use {@link dial} */\nexport declare const dial: () => void;';
  const without = (version: string, sources: readonly string[]) =>
    sdkProblems(api(version, more, sources), api('2.0.0'), told('2.0.0', '`dial`'));

  it('is deprecated before it is removed', () => {
    expect(without('1.9.0', [])).toEqual([expect.stringContaining('must be @deprecated first')]);
  });

  it('that is deprecated works for two more minor versions', () => {
    expect(without('1.3.0', [old])).toEqual([expect.stringContaining('has to work until 1.4.0')]);
    expect(without('1.4.0', [old])).toEqual([]);
  });
});
