import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database } from '../../database/database.js';

/**
 * Whether a ref of push `p` was changed before by one that is not told of yet, so that its turn is first. Who fails again
 * and again holds nobody up.
 */
export const IS_BEHIND = `
  EXISTS (SELECT FROM push e
            JOIN ref_change earlier ON earlier.push_id = e.push_id AND earlier.has_happened
            JOIN ref_change later ON later.push_id = p.push_id AND later.has_happened IS NOT FALSE
                 AND later.kind = earlier.kind AND later.name = earlier.name AND later.change_id > earlier.change_id
           WHERE e.repo_id = p.repo_id AND e.push_id <> p.push_id AND NOT e.is_recorded AND e.attempts < 4)`;

const LOOK_AGAIN_MS = 100;
/** A dead process is found out after one, and a lock that its git left may take the rest. */
const LEASES = 4;

/** Lets the events of a ref come in the order of its changes, also when the gateway of an earlier one has died. */
@Injectable()
export class PushTurns {
  private readonly log = new Logger('Pushes');

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
  ) {}

  /** Resolves when earlier changes of the same refs are told of, or when that takes too long. */
  async wait(pushId: string): Promise<void> {
    const lastMs = performance.now() + LEASES * this.settings.jobLeaseMs;
    while (await this.isBehind(pushId)) {
      if (performance.now() > lastMs)
        return this.log.warn(`push ${pushId} is told of although an earlier one is not yet`);
      await pause(LOOK_AGAIN_MS, undefined, { ref: false });
    }
  }

  private async isBehind(pushId: string): Promise<boolean> {
    const sql = `SELECT FROM push p WHERE push_id = $1 AND ${IS_BEHIND}`;
    return (await this.db.prepared('push_is_behind', sql, [pushId])).length > 0;
  }
}
