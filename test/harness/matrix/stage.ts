import { join } from 'node:path';
import { vi } from 'vitest';
import { generateApiKey } from '../../../src/access/api-key.js';
import type { Database } from '../../../src/database/database.js';
import { WebhookReceiver } from '../webhook-receiver.js';
import { WorkTree } from '../repositories.js';
import { ADMIN, AUTHOR, CALLERS, METHOD, type Caller } from './callers.js';
import { startMatrixGateway, type MatrixGateway } from './matrix-gateway.js';
import { grantEverything, type Subject } from './grants.js';
import type { Place } from './oracle.js';

type Existing = Exclude<Place, 'missing'>;
const EXISTING: readonly Existing[] = ['own', 'other', 'shared'];

/** Ids of what lies at one place. */
export interface Belongings {
  readonly repoId: number;
  readonly groupId: number;
  readonly userGroupId: number;
  /** Open, into the repository of the place; its author made the comment on it too. */
  readonly pullRequest: number;
  readonly comment: number;
  readonly commit: string;
  /** Private. */
  readonly gist: string;
  readonly publicGist: string;
  readonly webhook: number;
  readonly delivery: number;
  readonly apiKey: number;
  readonly job: number;
  /** Name of the account that wrote all this. */
  readonly author: string;
}

/** Accounts of all callers, and objects at each place, in a gateway of their own. */
export class Stage {
  private constructor(
    readonly gateway: MatrixGateway,
    private readonly keys: Map<string, string>,
    readonly at: Record<Existing, Belongings>,
  ) {}

  static async set(): Promise<Stage> {
    const gateway = await startMatrixGateway();
    const receiver = await WebhookReceiver.start();
    try {
      for (const perm of [
        'repository.none',
        'group.none',
        'usergroup.none',
        'hg.create.none',
        'hg.fork.none',
      ])
        await gateway.call('grant_global_permission', { userid: 'default', perm });
      const keys = await openAccounts(gateway);
      const at = {} as Record<Existing, Belongings>;
      for (const place of EXISTING) at[place] = await furnish(gateway, place);
      for (const caller of CALLERS) await equip(gateway, caller);
      for (const place of EXISTING) Object.assign(at[place], await inhabit(gateway, receiver, place, keys));
      return new Stage(gateway, keys, at);
    } catch (error) {
      await gateway.close();
      throw error;
    } finally {
      await receiver.close();
    }
  }

  /** The key that a caller presents for a method; null: none. */
  async keyOf({ user, key, scopes }: Caller, method: string): Promise<string | null> {
    if (key === 'absent') return null;
    if (user === null) return generateApiKey().key;
    if (!scopes && key !== 'expired') return this.keys.get(user) as string;
    const limits = scopes?.map((scope) => (scope === METHOD ? method : scope)) ?? null;
    const label = JSON.stringify([user, limits, key]);
    const known = this.keys.get(label);
    if (known) return known;
    const made = generateApiKey();
    await this.gateway.db.query(
      `INSERT INTO api_key (user_id, key_hash, prefix, scopes, expires_at)
       SELECT user_id, $2, $3, $4, CASE WHEN $5 THEN now() - interval '1 second' END FROM "user" WHERE username = $1`,
      [user, made.hash, made.prefix, limits, key === 'expired'],
    );
    this.keys.set(label, made.key);
    return made.key;
  }
}

/** @returns keys by user name */
async function openAccounts(gateway: MatrixGateway): Promise<Map<string, string>> {
  const keys = new Map([[ADMIN, gateway.adminKey]]);
  for (const { user, inactive = false, admin = inactive } of CALLERS) {
    if (user === null || keys.has(user)) continue;
    const { api_key } = await gateway.call<{ api_key: string }>('create_user', {
      username: user,
      email: `${user}@example.com`,
      active: !inactive,
      admin,
    });
    keys.set(user, api_key);
  }
  return keys;
}

/** Repository, repository group and user group of a place, with rights for nobody or, when shared, for everybody. */
async function furnish({ call, settings, db }: MatrixGateway, place: Existing): Promise<Belongings> {
  const owner = place === 'own' ? 'owner' : ADMIN;
  const repoid = `${place}/project`;
  const group = { repogroupid: place, userid: owner };
  const people = { usergroupid: `${place}-people`, userid: owner };
  await call('create_repo_group', { group_name: place, owner });
  await call('create_user_group', { group_name: people.usergroupid, owner });
  await call('create_repo', { repo_name: repoid, repo_type: 'git', owner, private: place !== 'shared' });
  // owners of groups get a row of their own, which is not what ownership by itself gives
  await call('revoke_user_permission_from_repo_group', group);
  await call('revoke_user_permission_from_user_group', people);
  if (place === 'shared') {
    await call('grant_user_permission', { repoid, userid: 'default', perm: 'repository.read' });
    await call('grant_user_permission_to_repo_group', { ...group, userid: 'default', perm: 'group.read' });
    await call('grant_user_permission_to_user_group', {
      ...people,
      userid: 'default',
      perm: 'usergroup.read',
    });
  } else {
    // of no effect on a private repository
    await call('grant_user_permission', { repoid, userid: 'default', perm: 'repository.write' });
  }
  const tree = WorkTree.clone('git', join(settings.repoRoot, repoid));
  tree.commit('read.me', 'one\n', 'first');
  tree.push();
  tree.branch('feature');
  const commit = tree.commit('read.me', 'two\n', 'second');
  tree.push();
  tree.remove();
  const [ids] = await db.query<{ repo: number; repo_group: number; user_group: number }>(
    `SELECT r.repo_id AS repo, r.group_id AS repo_group, u.users_group_id AS user_group
     FROM repo r, user_group u WHERE r.repo_name = $1 AND u.group_name = $2`,
    [repoid, people.usergroupid],
  );
  if (!ids) throw new Error(`nothing was made at ${place}`);
  const { repo: repoId, repo_group: groupId, user_group: userGroupId } = ids;
  return { repoId, groupId, userGroupId, commit } as Belongings;
}

/** Gives a caller the rights that he is described with. */
async function equip({ call }: MatrixGateway, caller: Caller): Promise<void> {
  const { user, way, levels = {}, creates } = caller;
  if (user === null || !way) return;
  if (way === 'own row') return grantEverything(call, { userid: user }, levels, creates);
  const group: Subject = { usergroupid: `group-of-${user}` };
  await call('create_user_group', { group_name: group.usergroupid, active: way === 'active group' });
  await call('add_user_to_user_group', { ...group, userid: user });
  await grantEverything(call, group, levels, creates);
}

/** What people make with their rights: at `own` the author, elsewhere the administrator. */
async function inhabit(
  { call, db }: MatrixGateway,
  receiver: WebhookReceiver,
  place: Existing,
  keys: ReadonlyMap<string, string>,
) {
  const author = place === 'own' ? AUTHOR : ADMIN;
  const key = keys.get(author);
  const repoid = `${place}/project`;
  const { pull_request_id: pullRequest } = await call<{ pull_request_id: number }>(
    'create_pull_request',
    {
      source_repo: repoid,
      target_repo: repoid,
      source_ref: 'branch:feature',
      target_ref: 'branch:main',
      title: place,
    },
    key,
  );
  const { webhook_id: webhook } = await call<{ webhook_id: number }>('create_webhook', {
    repoid,
    url: receiver.url,
    event_types: ['pull_request.commented'],
  });
  const { comment_id: comment } = await call<{ comment_id: number }>(
    'comment_pull_request',
    { pullrequestid: pullRequest, message: 'hm' },
    key,
  );
  const files = { 'a.txt': { content: 'a' } };
  const gistOf = async (gist_type: string) =>
    (await call<{ gist: { access_id: string } }>('create_gist', { files, gist_type }, key)).gist.access_id;
  await call('add_user_email', { email: `${place}@example.org`, userid: author });
  const { api_key_id: apiKey } = await call<{ api_key_id: number }>('create_api_key', {}, key);
  const [job] = await db.query<{ job_id: number }>(
    `UPDATE job SET created_by = (SELECT user_id FROM "user" WHERE username = $2)
     WHERE repo_name = $1 RETURNING job_id`,
    [repoid, author],
  );
  return {
    pullRequest,
    comment,
    gist: await gistOf('private'),
    publicGist: await gistOf('public'),
    webhook,
    apiKey,
    author,
    job: job?.job_id,
    delivery: await deliveryOf(db, webhook),
  };
}

/** Made and delivered in the background. */
async function deliveryOf(db: Database, webhook: number): Promise<number> {
  return vi.waitFor(
    async () => {
      const [row] = await db.query<{ delivery_id: number }>(
        `SELECT delivery_id FROM delivery WHERE webhook_id = $1 AND state NOT IN ('pending', 'leased')`,
        [webhook],
      );
      if (!row) throw new Error(`webhook ${webhook} delivered nothing`);
      return Number(row.delivery_id);
    },
    { timeout: 20_000 },
  );
}
