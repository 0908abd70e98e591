import { describe, expect, it } from 'vitest';
import { parseManifest } from './plugin-manifest.js';

const GOOD = {
  id: 'x',
  version: '1.0.0',
  sdk: '*',
  kinds: ['adapter'],
  capabilities: {},
  isolation: 'process',
};
const problem = (change: object): string => {
  try {
    parseManifest(JSON.stringify({ ...GOOD, ...change }), { folder: null, ignoreSdkRange: [] });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a plugin.json that is wrong', () => {
  it.each([
    [{}, 'none'],
    [{ capabilities: undefined }, 'capabilities is missing'],
    [
      { capabilities: { event: ['*'] } },
      'capabilities.event is not known; the nearest one is capabilities.events',
    ],
    [{ capabilities: { hosts: 'a.example' } }, 'capabilities.hosts must be a list, e.g. ["..."]'],
    [{ kinds: 'adapter' }, 'kinds must be a list, e.g. ["..."]'],
    [{ enabled: 'no', isolation: 7 }, 'enabled must be true or false; isolation must be a text in quotes'],
    [{ id: 'My_Chat' }, expect.stringContaining('Kebab-case; the name of the folder')],
    [{ config: { type: 'objekt' } }, expect.stringContaining('config: schema is invalid')],
  ])('%j is told by its member', (change, told) => {
    expect(problem(change)).toEqual(told);
  });
});
