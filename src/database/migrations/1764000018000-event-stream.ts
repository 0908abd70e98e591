import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `event.xact_id`: readers that page through events see only those of transactions below the oldest one still open, in
 * this order, so that an event that commits late is not passed over. `chain`: the events that led to this one.
 */
export class EventStream1764000018000 implements MigrationInterface {
  name = 'EventStream1764000018000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE event ADD xact_id xid8, ADD traceparent text, ADD chain bigint[], ADD expunged_at timestamptz;
      UPDATE event SET xact_id = '0';
      ALTER TABLE event ALTER xact_id SET DEFAULT pg_current_xact_id(), ALTER xact_id SET NOT NULL;
      CREATE INDEX event_stream ON event (xact_id, event_id);
      ALTER TABLE outbox ADD chain_length integer NOT NULL DEFAULT 0;
      CREATE TABLE idempotency_key (
        api_key_id integer NOT NULL,
        key text NOT NULL,
        method text NOT NULL,
        fingerprint bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        lease_until timestamptz NOT NULL,
        carried_out boolean NOT NULL DEFAULT false,
        answer_sealed bytea,
        PRIMARY KEY (api_key_id, key)
      );
      CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE idempotency_key;
      ALTER TABLE outbox DROP COLUMN chain_length;
      ALTER TABLE event DROP COLUMN xact_id, DROP COLUMN traceparent, DROP COLUMN chain, DROP COLUMN expunged_at`);
  }
}
