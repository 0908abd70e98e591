import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much a subscription may be sent at once, in which order, and how its endpoint fares. */
export class EndpointPace1764000016000 implements MigrationInterface {
  name = 'EndpointPace1764000016000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PACE);
    await runner.query(ORDER);
    await runner.query(IN_FLIGHT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION delivery_in_flight;
      DROP INDEX delivery_open_order;
      ALTER TABLE delivery DROP COLUMN order_key;
      ALTER TABLE outbox DROP COLUMN pull_request_id, DROP COLUMN except_webhook_id;
      ALTER TABLE event DROP COLUMN pull_request_id, DROP COLUMN except_webhook_id;
      ALTER TABLE webhook DROP COLUMN retry_schedule_s, DROP COLUMN max_in_flight, DROP COLUMN rate_per_minute,
        DROP COLUMN rate_from, DROP COLUMN ordering, DROP COLUMN failures_in_row, DROP COLUMN breaker_open_until,
        DROP COLUMN slow_level, DROP COLUMN slowed_until, DROP COLUMN failing_since, DROP COLUMN failures,
        DROP COLUMN warned_percent, DROP COLUMN disabled_at`);
  }
}

/** The columns of health change with the results of attempts, without touching `updated_at`. */
const PACE = `
ALTER TABLE webhook
  ADD retry_schedule_s integer[],
  ADD max_in_flight integer CHECK (max_in_flight > 0),
  ADD rate_per_minute integer CHECK (rate_per_minute > 0),
  ADD rate_from timestamptz NOT NULL DEFAULT '-infinity',
  ADD ordering text NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'repository', 'pull_request', 'strict')),
  ADD failures_in_row integer NOT NULL DEFAULT 0,
  ADD breaker_open_until timestamptz,
  ADD slow_level smallint NOT NULL DEFAULT 0,
  ADD slowed_until timestamptz,
  ADD failing_since timestamptz,
  ADD failures integer NOT NULL DEFAULT 0,
  ADD warned_percent smallint NOT NULL DEFAULT 0,
  ADD disabled_at timestamptz,
  SET (fillfactor = 70)`;

/** `order_key`: deliveries of one subscription with the same key go out one after the other; null: in any order. */
const ORDER = `
ALTER TABLE event ADD pull_request_id integer, ADD except_webhook_id integer;
ALTER TABLE outbox ADD pull_request_id integer, ADD except_webhook_id integer;
ALTER TABLE delivery ADD order_key bigint;
CREATE INDEX delivery_open_order ON delivery_open (webhook_id, order_key, delivery_id) WHERE order_key IS NOT NULL`;

/**
 * Volatile, so that it sees what others committed after the calling statement began: whoever counts while he holds the
 * lock of the subscription's row counts exactly.
 */
const IN_FLIGHT = `
CREATE FUNCTION delivery_in_flight(of_webhook_id integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (SELECT count(*) FROM delivery_open WHERE state = 'leased' AND webhook_id = of_webhook_id);
END $$`;
