import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Database } from '../../src/database/database.js';
import type { TestGateway } from './gateway.js';

/** Every name has its directory, every repository on disk its name, every child its parent's, and no move is open. */
export async function expectNamesToAgree(gateway: TestGateway): Promise<void> {
  const db = gateway.app.get(Database);
  const names = await db.query<{ name: string }>(
    'SELECT repo_name AS name FROM repo UNION ALL SELECT group_name FROM repo_group',
  );
  const missing = names.filter(({ name }) => !existsSync(join(gateway.settings.repoRoot, name)));
  expect(missing).toEqual([]);
  expect(await gateway.call('rescan_repos')).toEqual({ added: [], removed: [] });
  const [orphan] = await db.query(
    `SELECT r.repo_name FROM repo r JOIN repo_group g USING (group_id) WHERE r.repo_name NOT LIKE g.group_name || '/%'
     UNION ALL SELECT c.group_name FROM repo_group c JOIN repo_group g ON g.group_id = c.parent_id
       WHERE c.group_name NOT LIKE g.group_name || '/%'
     UNION ALL SELECT from_name FROM directory_move`,
  );
  expect(orphan).toBeUndefined();
}
