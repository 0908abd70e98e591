import type { Access } from '../../access/access.service.js';
import type { Principal } from '../../rpc/call.js';
import type { RepoRecord } from './repo-record.js';

/** What a repository was forked from, if the caller may know of it: his right to the fork is none to its parent. */
export async function visibleParent(
  access: Access,
  principal: Principal,
  { fork_id, fork_of }: Pick<RepoRecord, 'fork_id' | 'fork_of'>,
): Promise<string | null> {
  if (fork_id === null || fork_of === null || !access.isInScope(principal, 'repo', fork_of)) return null;
  return (await access.has(principal, 'repo', fork_id, 'read')) ? fork_of : null;
}
