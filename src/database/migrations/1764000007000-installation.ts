import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row: facts about this installation that must not change under it. */
export class Installation1764000007000 implements MigrationInterface {
  name = 'Installation1764000007000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installation (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        master_key_id text NOT NULL,
        created_on timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE installation');
  }
}
