import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names are unique regardless of case, which an index on `lower(name)` asks; they are looked up exactly as they stand,
 * and by the path they begin with, which asks for these. The rest leads from an object to what hangs on it.
 */
const INDEXES: Readonly<Record<string, string>> = {
  user_username: '"user" (username)',
  user_group_group_name: 'user_group (group_name)',
  repo_group_group_name: 'repo_group (group_name text_pattern_ops)',
  repo_repo_name: 'repo (repo_name text_pattern_ops)',
  repo_permission_repo_id: 'repo_permission (repo_id)',
  repo_group_permission_group_id: 'repo_group_permission (group_id)',
  user_group_permission_target_group_id: 'user_group_permission (target_group_id)',
  repo_group_owner_id: 'repo_group (owner_id)',
  user_group_owner_id: 'user_group (owner_id)',
  comment_repo_id: 'comment (repo_id)',
  comment_user_id: 'comment (user_id)',
  changeset_status_user_id: 'changeset_status (user_id)',
  plugin_decision_updated_by: 'plugin_decision (updated_by)',
};

export class Lookups1764000019500 implements MigrationInterface {
  name = 'Lookups1764000019500';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, place] of Object.entries(INDEXES)) {
      await runner.query(`CREATE INDEX ${name} ON ${place}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ${Object.keys(INDEXES).join(', ')}`);
  }
}
