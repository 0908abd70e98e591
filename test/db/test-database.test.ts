import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/database/data-source.js';
import { migrate } from '../../src/database/migrate.js';
import { createTestDatabase } from '../harness/postgres.js';

describe('a test database', () => {
  it('is migrated, empty of others, and gone after drop', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const client = new pg.Client(one.url);
    await client.connect();
    await client.query('CREATE TABLE only_here ()');
    await client.end();
    expect(await migrate(one.url)).toEqual([]);

    const source = await createDataSource({ url: two.url, poolSize: 1 }).initialize();
    expect(await source.query(`SELECT to_regclass('only_here') AS found`)).toEqual([{ found: null }]);
    await source.destroy();

    await Promise.all([one.drop(), two.drop()]);
    const late = new pg.Client(one.url);
    await expect(late.connect()).rejects.toThrow('does not exist');
  });
});
