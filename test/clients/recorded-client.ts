import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Dialect } from '../../src/config/settings.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { send, type RecordedRequest, type Reply } from '../harness/recorded-request.js';
import { WorkTree } from '../harness/repositories.js';

/** A client of the field: only its host and its key were changed. */
export class RecordedClient {
  private opened: { gateway: TestGateway; key: string } | null = null;

  /** Opens a gateway for the tests of a file. @param dialect of the client's key; null: one without */
  static of(dialect: Dialect | null, prepare: (gateway: TestGateway) => Promise<unknown>): RecordedClient {
    const client = new RecordedClient();
    beforeAll(async () => {
      const gateway = await startTestGateway();
      const made = await gateway.call<{ api_key: string }>('create_api_key', { dialect });
      client.opened = { gateway, key: made.api_key };
      await prepare(gateway);
    });
    afterAll(() => client.gateway.close());
    return client;
  }

  get gateway(): TestGateway {
    return this.open.gateway;
  }

  get key(): string {
    return this.open.key;
  }

  send<Result>(recorded: RecordedRequest): Promise<Reply<Result>> {
    return send(this.gateway.url, recorded);
  }

  private get open() {
    if (!this.opened) throw new Error('the gateway is not open yet');
    return this.opened;
  }
}

/** `website`, a git repository with one commit on `main`. */
export async function website(gateway: TestGateway): Promise<void> {
  await gateway.call('create_repo', { repo_name: 'website', repo_type: 'git', description: 'Página' });
  const tree = WorkTree.clone('git', join(gateway.settings.repoRoot, 'website'));
  tree.commit('README', 'hello\n', 'Say hello');
  tree.push();
  tree.remove();
  await gateway.call('invalidate_cache', { repoid: 'website' });
}

/** As Python's `json.dumps` writes: a blank behind colons and commas. */
export const pythonJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, each]) => `${JSON.stringify(name)}: ${pythonJson(each)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
};
