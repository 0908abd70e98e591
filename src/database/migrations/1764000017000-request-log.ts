import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `request_body` is null where it was the event's own text, which is stored once. */
export class RequestLog1764000017000 implements MigrationInterface {
  name = 'RequestLog1764000017000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE attempt ADD request_target text, ADD request_body text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE attempt DROP COLUMN request_target, DROP COLUMN request_body');
  }
}
