import type { AccessLevel, ObjectKind } from '../../../src/rpc/requirement.js';
import type { MatrixGateway } from './matrix-gateway.js';

export type Subject = { readonly userid: string } | { readonly usergroupid: string };

const CREATION = ['hg.create.repository', 'hg.fork.repository', 'hg.usergroup.create.true'];

/** Levels on what lies at `own`, and on request every global permission that lets one create. */
export async function grantEverything(
  call: MatrixGateway['call'],
  subject: Subject,
  { repo, repoGroup, userGroup }: Partial<Record<ObjectKind, AccessLevel>>,
  creates = false,
): Promise<void> {
  const isUser = 'userid' in subject;
  const word = isUser ? 'user' : 'user_group';
  const inGroup = isUser ? subject : { sourceusergroupid: subject.usergroupid };
  if (repo)
    await call(`grant_${word}_permission`, { repoid: 'own/project', ...subject, perm: `repository.${repo}` });
  if (repoGroup)
    await call(`grant_${word}_permission_to_repo_group`, {
      repogroupid: 'own',
      ...subject,
      perm: `group.${repoGroup}`,
    });
  if (userGroup)
    await call(`grant_${word}_permission_to_user_group`, {
      usergroupid: 'own-people',
      ...inGroup,
      perm: `usergroup.${userGroup}`,
    });
  if (creates) for (const perm of CREATION) await call('grant_global_permission', { ...subject, perm });
}
