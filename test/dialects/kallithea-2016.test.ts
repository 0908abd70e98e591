import { describe, expect, it } from 'vitest';
import { provesAddresses, provesLock, provesUpkeep, provesUsers } from './kallithea-proofs.js';
import { ADA, addedCommit, INT } from './kallithea-world.js';
import { OldScript } from './old-script.js';

const script = OldScript.of('kallithea-2016', addedCommit);

provesUsers(script);
provesUpkeep(script);
provesLock(script);
provesAddresses(script, 'get_ip');

script.proves('get_user_group', () => {
  it('shows a group with its members', async () => {
    await script.gateway.call('add_user_to_user_group', { usergroupid: 'staff', userid: 'ada' });
    expect(await script.call('get_user_group', { usergroupid: 'staff' })).toEqual({
      users_group_id: INT,
      group_name: 'staff',
      active: true,
      members: [ADA],
    });
  });

  it('answers null for a group that is missing', async () => {
    expect(await script.call('get_user_group', { usergroupid: 'nobodys' })).toBeNull();
  });
});

describe('what the excerpt leaves out', () => {
  const made = (name: string) =>
    script.gateway.call('create_repo', { repo_name: name, repo_type: 'git' }, script.key);

  it('answers as the years around it', async () => {
    expect(await made('small')).toMatchObject({
      msg: 'Created new repository `small`',
      repo: { repo_name: 'small', landing_rev: 'tip', enable_locking: false },
    });
  });

  it('makes no groups on the way', async () => {
    await expect(made('foo/small')).rejects.toThrow('repo group `foo` not found');
  });
});

script.provesAll();
