import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A key that was rotated points at the one that came in its place, also while both work. */
export class KeyRotation1764000003000 implements MigrationInterface {
  name = 'KeyRotation1764000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE api_key ADD COLUMN replaced_by integer REFERENCES api_key ON DELETE SET NULL;
      CREATE INDEX api_key_replaced_by ON api_key (replaced_by) WHERE replaced_by IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_key DROP COLUMN replaced_by');
  }
}
