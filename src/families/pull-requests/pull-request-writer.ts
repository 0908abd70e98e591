import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { notFound } from '../../rpc/errors.js';
import { PullRequestEvents, type PullRequestChange } from './pull-request-events.js';
import { PullRequestReader } from './pull-request-reader.js';
import type { PullRequestRecord } from './pull-request-record.js';

/** Changes a pull request and tells of it in one transaction, one change of it at a time. */
@Injectable()
export class PullRequestWriter {
  constructor(
    private readonly db: Database,
    private readonly reader: PullRequestReader,
    private readonly events: PullRequestEvents,
  ) {}

  /**
   * @param work writes, and says what it did; it judges by `before`, which nobody else can change meanwhile
   * @param last what happens outside the database, as near to the commit as can be
   */
  change(
    caller: Caller,
    id: number,
    work: (tx: Tx, before: PullRequestRecord) => Promise<PullRequestChange>,
    last: (after: PullRequestRecord) => Promise<void> = async () => {},
  ): Promise<PullRequestRecord> {
    return this.db.transaction(async (tx) => {
      const before = await this.lock(tx, id);
      const change = await work(tx, before);
      const after = await this.reader.existing(tx, id);
      await this.events.record(tx, caller, after, change);
      await last(after);
      return after;
    });
  }

  /** @param check refuses by throwing */
  delete(caller: Caller, id: number, check: (before: PullRequestRecord) => void): Promise<void> {
    return this.db.transaction(async (tx) => {
      const before = await this.lock(tx, id);
      check(before);
      await this.events.record(tx, caller, before, { deleted: true });
      await tx.query('DELETE FROM pull_request WHERE pull_request_id = $1', [id]);
    });
  }

  private async lock(tx: Tx, id: number): Promise<PullRequestRecord> {
    const found = await this.reader.lock(tx, id);
    if (!found) throw notFound(`pull request \`${id}\` does not exist`);
    return found;
  }
}
