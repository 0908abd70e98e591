import { setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

describe('template_methods_count', () => {
  it('counts for each repository by itself', async () => {
    const { method, calls } = await setUpPlugin(plugin, {
      answer: (_method, { repoid }) => ({ repo_id: repoid === 'a' ? 1 : 2, repo_name: repoid as string }),
    });
    const { call } = method('template_methods_count');
    expect(await call({ repoid: 'a' })).toEqual({ repo_name: 'a', count: 1 });
    expect(await call({ repoid: 'a' })).toEqual({ repo_name: 'a', count: 2 });
    expect(await call({ repoid: 'b' })).toEqual({ repo_name: 'b', count: 1 });
    expect(calls[0]).toEqual({ name: 'get_repo', args: { repoid: 'a' } });
  });

  it('asks for a right to read', async () => {
    const { method } = await setUpPlugin(plugin);
    expect(method('template_methods_count').declaration.requires).toEqual({ repo: 'read' });
  });
});
