import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deliveries that somebody sent again: no filter holds them back. */
export class ResentDeliveries1764000023000 implements MigrationInterface {
  name = 'ResentDeliveries1764000023000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE delivery ADD resent boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE delivery DROP COLUMN resent');
  }
}
