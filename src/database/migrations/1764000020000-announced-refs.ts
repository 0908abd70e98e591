import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A push of a thousand refs asks for each of them, while all of the others are undecided. */
export class AnnouncedRefs1764000020000 implements MigrationInterface {
  name = 'AnnouncedRefs1764000020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ref_change_undecided');
    await runner.query(
      'CREATE INDEX ref_change_undecided ON ref_change (repo_id, kind, name) WHERE has_happened IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX ref_change_undecided');
    await runner.query(
      'CREATE INDEX ref_change_undecided ON ref_change (repo_id) WHERE has_happened IS NULL',
    );
  }
}
