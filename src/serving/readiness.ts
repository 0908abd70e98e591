import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';

const DATABASE_TIMEOUT_MS = 2_000;

/** Whether this process should get traffic, and if not, why. */
@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  private isStopping = false;

  constructor(
    private readonly db: Database,
    private readonly feed: ChangeFeed,
  ) {}

  beforeApplicationShutdown(): void {
    this.isStopping = true;
  }

  /** @returns reasons against; empty when ready */
  async faults(): Promise<string[]> {
    const faults: string[] = [];
    if (this.isStopping) faults.push('the gateway is stopping');
    if (!(await this.databaseAnswers())) faults.push('the database does not answer');
    else if (!this.feed.isLive) faults.push('change notifications from the database are interrupted');
    return faults;
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, DATABASE_TIMEOUT_MS, false);
    });
    const answer = this.db.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const result = await Promise.race([answer, late]);
    clearTimeout(timer);
    return result;
  }
}
