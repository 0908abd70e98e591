import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs about a repository group, or about all repositories: those have neither `repo_id` nor `group_id`. */
export class JobsOfGroups1764000010000 implements MigrationInterface {
  name = 'JobsOfGroups1764000010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE job
        ALTER COLUMN repo_name DROP NOT NULL,
        ADD COLUMN group_id integer REFERENCES repo_group ON DELETE SET NULL,
        ADD COLUMN group_name text;
      CREATE INDEX job_group_id ON job (group_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM job WHERE repo_name IS NULL;
      ALTER TABLE job ALTER COLUMN repo_name SET NOT NULL, DROP COLUMN group_id, DROP COLUMN group_name`);
  }
}
