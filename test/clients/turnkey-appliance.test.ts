import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../harness/repositories.js';
import { pythonJson, RecordedClient } from './recorded-client.js';

const client = RecordedClient.of('kallithea-2014', (gateway) => Promise.resolve(gateway));

/** `rhodecode-api rescan_repos remove_obsolete:TRUE`, at every start of the appliance. */
it('adopts what lies on disk, and forgets what is gone', async () => {
  const { repoRoot } = client.gateway.settings;
  mkdirSync(join(repoRoot, 'found'), { recursive: true });
  run('git', join(repoRoot, 'found'), 'init', '-q', '--bare');
  const rescan = () =>
    client.send<{ added: string[]; removed: string[] }>({
      headers: { 'content-type': 'text/plain' },
      body: pythonJson({
        id: 1,
        api_key: client.key,
        method: 'rescan_repos',
        args: { remove_obsolete: 'TRUE' },
      }),
    });
  expect((await rescan()).json).toEqual({ id: 1, result: { added: ['found'], removed: [] }, error: null });
  expect((await rescan()).json.result).toEqual({ added: [], removed: [] });
});
