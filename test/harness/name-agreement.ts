import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Database } from '../../src/database/database.js';
import type { TestGateway } from './gateway.js';

/** Gateways on one database and one disk. */
export interface Installation {
  readonly repoRoot: string;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  call(method: string): Promise<unknown>;
}

export const expectNamesToAgree = (gateway: TestGateway) =>
  expectAgreement({
    repoRoot: gateway.settings.repoRoot,
    rows: (sql) => gateway.app.get(Database).query(sql),
    call: (method) => gateway.call(method),
  });

/** Every name has its directory, every repository on disk its name, every child its parent's, and no move is open. */
export async function expectAgreement({ repoRoot, rows, call }: Installation): Promise<void> {
  const names = await rows('SELECT repo_name AS name FROM repo UNION ALL SELECT group_name FROM repo_group');
  const missing = names.filter(({ name }) => !existsSync(join(repoRoot, name as string)));
  expect(missing).toEqual([]);
  expect(await call('rescan_repos')).toEqual({ added: [], removed: [] });
  const [orphan] = await rows(
    `SELECT r.repo_name FROM repo r JOIN repo_group g USING (group_id) WHERE r.repo_name NOT LIKE g.group_name || '/%'
     UNION ALL SELECT c.group_name FROM repo_group c JOIN repo_group g ON g.group_id = c.parent_id
       WHERE c.group_name NOT LIKE g.group_name || '/%'
     UNION ALL SELECT from_name FROM directory_move`,
  );
  expect(orphan).toBeUndefined();
}
