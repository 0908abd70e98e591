import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { ANNOUNCE } from './push-journal.js';
import { toPushCaller, type PushRow } from './push-record.js';
import { recordAllRefs, untoldChanges } from './recorded-refs.js';
import type { RepoRecord } from './repo-record.js';

const ASK_FOR_ALL = `
  INSERT INTO push (push_id, repo_id, source, caller, lease_until)
  SELECT gen_random_uuid(), repo_id, 'rescan', $1, now() FROM repo r
   WHERE repo_state = 'repo_state_created'
     AND NOT EXISTS (SELECT FROM push p WHERE p.repo_id = r.repo_id AND p.source = 'rescan')`;

/** Finds what changed behind the gateway's back: the refs as they are against what was told of them. */
@Injectable()
export class PushComparisons {
  constructor(
    private readonly db: Database,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /** Of every repository, one after the other, in the background. */
  async askForAll(caller: Caller): Promise<void> {
    await this.db.query(ASK_FOR_ALL, [toPushCaller(caller)]);
  }

  /**
   * Writes down the differences as changes that took place. Where nothing was told yet, nothing is told now either.
   * @throws Error while a push is open, whose changes are its own to tell
   */
  async compare(push: PushRow, repo: RepoRecord): Promise<void> {
    const backend = this.vcs.backend(repo.repo_type);
    await this.db.transaction(async (tx) => {
      // No push can announce anything from here on
      await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR UPDATE', [repo.repo_id]);
      const [other] = await tx.query('SELECT FROM push WHERE repo_id = $1 AND push_id <> $2 LIMIT 1', [
        repo.repo_id,
        push.push_id,
      ]);
      if (other) throw new Error('a push is open');
      const refs = await backend.refValues(this.root.directory(repo.repo_name));
      const changes = await untoldChanges(tx, repo.repo_id, refs);
      if (changes === null) return recordAllRefs(tx, repo.repo_id, refs);
      const columns = (['kind', 'name', 'from', 'to'] as const).map((key) => changes.map((one) => one[key]));
      await tx.prepared('push_announce', ANNOUNCE, [push.push_id, repo.repo_id, ...columns]);
      await tx.query('UPDATE ref_change SET has_happened = true WHERE push_id = $1', [push.push_id]);
    });
  }
}
