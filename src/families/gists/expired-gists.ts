import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database } from '../../database/database.js';
import { Outbox } from '../../events/outbox.js';
import { gistDeleted } from '../../sdk/index.js';
import { selectGists, type GistRecord } from './gist-record.js';
import { toGistShape } from './gist.view.js';

const EVERY_MS = 60_000;
const AT_ONCE = 100;
const EXPIRED = selectGists(
  `g.expires_at <= now() ORDER BY g.expires_at LIMIT ${AT_ONCE} FOR UPDATE OF g SKIP LOCKED`,
  'true',
);

/** Deletes gists whose time is over; until then nobody sees them any more. Safe to run in several processes. */
@Injectable()
export class ExpiredGists implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('ExpiredGists');
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.settings.roles.has('jobs')) return;
    const failed = (error: unknown) =>
      this.log.error(`cannot delete expired gists: ${(error as Error).message}`);
    const sweep = () => this.sweep().catch(failed);
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(sweep);
    }, EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.sweeping;
  }

  async sweep(): Promise<void> {
    let deleted: number;
    do deleted = await this.deleteSome();
    while (deleted === AT_ONCE);
  }

  private deleteSome(): Promise<number> {
    return this.db.transaction(async (tx) => {
      const gists = await tx.query<GistRecord>(EXPIRED);
      for (const gist of gists) {
        const data = { gist: toGistShape(gist, this.settings.publicUrl), reason: 'expired' as const };
        const caller = { userId: null, username: 'forgegate' };
        await this.outbox.record(tx, gistDeleted, { caller, requestId: null, data });
      }
      await tx.query('DELETE FROM gist WHERE gist_id = ANY($1)', [gists.map(({ gist_id }) => gist_id)]);
      return gists.length;
    });
  }
}
