import { createTestGateway, type TestGateway } from 'forgegate/sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from './index.js';

const folder = new URL('.', import.meta.url);

describe('template_methods_count', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await createTestGateway({ plugins: [{ folder, plugin }] });
  });
  afterAll(() => gateway?.close());

  it('counts for each repository by itself', async () => {
    await gateway.createRepo('a');
    await gateway.createRepo('b');
    const count = (repoid: string) => gateway.call('template_methods_count', { repoid });
    expect(await count('a')).toEqual({ repo_name: 'a', count: 1 });
    expect(await count('a')).toEqual({ repo_name: 'a', count: 2 });
    expect(await count('b')).toEqual({ repo_name: 'b', count: 1 });
  });

  it('is there for those who may read', async () => {
    await gateway.createRepo('hidden', { private: true });
    const { key } = await gateway.createUser('stranger');
    expect(await gateway.refusal('template_methods_count', { repoid: 'hidden' }, key)).toBe(
      'repository `hidden` does not exist',
    );
  });
});
