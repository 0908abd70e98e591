import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What operators decided about plugins (`enabled` is null while nobody did), when their jobs run, and one
 * queue for each of their handlers.
 */
export class Plugins1764000019000 implements MigrationInterface {
  name = 'Plugins1764000019000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE plugin_decision (
        plugin_id text PRIMARY KEY,
        enabled boolean,
        config jsonb NOT NULL DEFAULT '{}',
        secrets_sealed bytea,
        updated_by integer REFERENCES "user" ON DELETE SET NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE plugin_schedule (
        plugin_id text NOT NULL,
        name text NOT NULL,
        every_ms bigint NOT NULL,
        next_run_at timestamptz NOT NULL,
        lease_until timestamptz,
        last_started_at timestamptz,
        last_ended_at timestamptz,
        last_error text,
        PRIMARY KEY (plugin_id, name)
      );
      CREATE UNIQUE INDEX webhook_handler_queue ON webhook (adapter) WHERE starts_with(adapter, 'plugin:')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX webhook_handler_queue; DROP TABLE plugin_schedule, plugin_decision');
  }
}
