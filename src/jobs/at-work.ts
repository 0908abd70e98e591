import type { Tx } from '../database/database.js';
import { RpcFault } from '../rpc/errors.js';

/**
 * For whatever moves or deletes directories: locks the repositories first, so that no job can be added to them before
 * the transaction ends, and no push can change anything.
 * @param name a repository or a repository group
 * @throws RpcFault CONFLICT when a job that has not ended works on one of them, or somebody pushes to one
 */
export async function refuseWhileAtWork(tx: Tx, name: string): Promise<void> {
  const repos = await tx.query<{ repo_id: number }>(
    `SELECT repo_id FROM repo WHERE repo_name = $1 OR starts_with(repo_name, $1 || '/') ORDER BY repo_id FOR UPDATE`,
    [name],
  );
  const ids = repos.map(({ repo_id }) => repo_id);
  const [job] = await tx.query<{ job_id: number; kind: string }>(
    `SELECT job_id, kind FROM job
      WHERE state IN ('pending', 'running') AND (repo_id = ANY ($1) OR source_repo_id = ANY ($1))
      ORDER BY job_id LIMIT 1`,
    [ids],
  );
  if (!job) return refuseWhilePushed(tx, name, ids);
  throw new RpcFault(
    'CONFLICT',
    `\`${name}\` cannot be moved or deleted now: job ${job.job_id} (${job.kind}) works on it`,
    { job_id: job.job_id },
  );
}

/** What a push left whose process died is told of first: later nobody could. Where that failed thrice, it never will be. */
const PUSHED = `
  SELECT FROM push p
   WHERE repo_id = ANY ($1)
     AND (attempts = 0 AND lease_until > now()
       OR NOT is_recorded AND attempts < 3 AND EXISTS (
         SELECT FROM ref_change c WHERE c.push_id = p.push_id AND c.has_happened IS DISTINCT FROM false))
   LIMIT 1`;

async function refuseWhilePushed(tx: Tx, name: string, repoIds: readonly number[]): Promise<void> {
  const [push] = await tx.query(PUSHED, [repoIds]);
  if (push)
    throw new RpcFault(
      'CONFLICT',
      `\`${name}\` cannot be moved or deleted now: somebody pushes to it, try again`,
    );
}
