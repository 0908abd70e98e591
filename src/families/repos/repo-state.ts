import { doesNotExist } from '../../access/object-directory.js';
import type { Tx } from '../../database/database.js';
import { conflict } from '../../rpc/errors.js';
import type { RepoRecord } from './repo-record.js';

/**
 * Keeps the repository from being deleted until the end of the transaction, and from then on by the job that it adds.
 * @throws RpcFault when it is gone, or is not a whole repository
 */
export async function requireReady(
  tx: Tx,
  { repo_id, repo_name }: Pick<RepoRecord, 'repo_id' | 'repo_name'>,
): Promise<void> {
  const [repo] = await tx.query<Pick<RepoRecord, 'repo_name' | 'repo_state'>>(
    'SELECT repo_name, repo_state FROM repo WHERE repo_id = $1 FOR KEY SHARE',
    [repo_id],
  );
  if (!repo) throw doesNotExist('repo', repo_name);
  if (repo.repo_state === 'repo_state_pending')
    throw conflict(`repository \`${repo.repo_name}\` is still being created`);
  if (repo.repo_state === 'repo_state_error')
    throw conflict(`repository \`${repo.repo_name}\` could not be created; delete it and create it again`);
}
