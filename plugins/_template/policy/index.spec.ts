import { createTestGateway, type TestGateway, type TestRepository } from 'forgegate/sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from './index.js';

const folder = new URL('.', import.meta.url);

describe('the policy', () => {
  let gateway: TestGateway;
  let repo: TestRepository;
  beforeAll(async () => {
    gateway = await createTestGateway({ plugins: [{ folder, plugin, config: { protected: ['main'] } }] });
    repo = await gateway.createRepo('demo', { files: { 'a.txt': '1' } });
    await repo.push({ 'a.txt': '2' });
  });
  afterAll(() => gateway?.close());

  it('lets ordinary pushes pass, and forced ones to other branches', async () => {
    await repo.push({ 'b.txt': '1' }, { branch: 'topic' });
    await repo.push({ 'b.txt': '2' }, { branch: 'topic', force: true });
  });

  it('refuses to overwrite what is protected, and says so at the client', async () => {
    await expect(repo.push({ 'a.txt': '3' }, { force: true })).rejects.toThrow(
      'branch main is protected and cannot be force-pushed',
    );
  });
});
