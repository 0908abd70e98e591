import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATES = [
  'pending',
  'leased',
  'held',
  'delivered',
  'failed',
  'gone',
  'rejected',
  'blocked',
  'cancelled',
];
const oneOf = (states: readonly string[]) =>
  `CHECK (state IN (${states.map((state) => `'${state}'`).join(', ')}))`;

/** Filters of subscriptions; what one leaves out may be kept in the log as `skipped`. */
export class EventFilters1764000018100 implements MigrationInterface {
  name = 'EventFilters1764000018100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE webhook ADD filter jsonb, ADD record_skipped boolean NOT NULL DEFAULT false;
      ALTER TABLE delivery DROP CONSTRAINT delivery_state_check;
      ALTER TABLE delivery ADD CONSTRAINT delivery_state_check ${oneOf([...STATES, 'skipped'])}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM delivery WHERE state = 'skipped';
      ALTER TABLE delivery DROP CONSTRAINT delivery_state_check;
      ALTER TABLE delivery ADD CONSTRAINT delivery_state_check ${oneOf(STATES)};
      ALTER TABLE webhook DROP COLUMN filter, DROP COLUMN record_skipped`);
  }
}
