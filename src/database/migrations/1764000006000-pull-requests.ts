import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Comments can be edited and deleted; a vote outlives the comment it came with. */
export class PullRequests1764000006000 implements MigrationInterface {
  name = 'PullRequests1764000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE comment ADD COLUMN version integer NOT NULL DEFAULT 0;
      CREATE INDEX comment_reply_to ON comment (reply_to) WHERE reply_to IS NOT NULL;
      CREATE INDEX comment_resolves_comment_id ON comment (resolves_comment_id) WHERE resolves_comment_id IS NOT NULL;
      ALTER TABLE changeset_status DROP CONSTRAINT changeset_status_comment_id_fkey,
        ADD CONSTRAINT changeset_status_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES comment ON DELETE SET NULL;
      CREATE INDEX changeset_status_comment_id ON changeset_status (comment_id) WHERE comment_id IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX changeset_status_comment_id, comment_resolves_comment_id, comment_reply_to;
      ALTER TABLE changeset_status DROP CONSTRAINT changeset_status_comment_id_fkey,
        ADD CONSTRAINT changeset_status_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES comment ON DELETE CASCADE;
      ALTER TABLE comment DROP COLUMN version;`);
  }
}
