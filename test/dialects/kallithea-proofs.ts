import { expect, it } from 'vitest';
import { ADA, INT, WHOLE_ADA } from './kallithea-world.js';
import type { OldScript } from './old-script.js';

export interface GroupNames extends Record<'create' | 'add' | 'get' | 'list' | 'remove', string> {
  /** Argument of `get`. */
  id: string;
  /** Words between the user and the group. */
  to: string;
}

/** Printed alike in all years. */
export function provesUsers(script: OldScript): void {
  script.proves('get_user', () => {
    it('shows a user with his permissions, his key to nobody else', async () => {
      expect(await script.call('get_user', { userid: 'ada' })).toEqual({
        ...WHOLE_ADA,
        permissions: {
          global: expect.arrayContaining([
            'hg.create.repository',
            'repository.read',
            'hg.register.manual_activate',
          ]),
          repositories: { mirror: 'repository.read', website: 'repository.read' },
          repositories_groups: {},
        },
      });
    });

    it('shows the key that he presents, his networks and last sign-in to himself', async () => {
      const key = await script.keyOf('ada');
      expect(await script.gateway.call('get_user', {}, key)).toMatchObject({
        api_key: key,
        ip_addresses: ['127.0.0.0/8'],
        last_login: '2014-01-02T03:04:05.678',
      });
    });

    it('answers null for a user that is missing', async () => {
      expect(await script.call('get_user', { userid: 'nobody' })).toBeNull();
    });

    it('lets others than administrators name themselves only', async () => {
      const { key } = await script.user('curious');
      expect(await script.refusal('get_user', { userid: 'ada' }, key)).toBe(
        'userid is not the same as your user',
      );
    });
  });

  script.proves('get_users', () => {
    it('lists users whole', async () => {
      const users = await script.call<{ username: string }[]>('get_users');
      expect(users.find(({ username }) => username === 'ada')).toEqual(WHOLE_ADA);
      expect(users.find(({ username }) => username === 'admin')).toMatchObject({ api_key: script.key });
    });
  });

  script.proves('create_user', () => {
    it('answers the user, and no key', async () => {
      const args = {
        username: 'bob',
        email: 'bob@example.com',
        password: 'secret',
        firstname: 'Bob',
        lastname: 'Builder',
        active: true,
        admin: false,
        ldap_dn: 'uid=bob,dc=example',
      };
      expect(await script.call('create_user', args)).toEqual({
        msg: 'created new user `bob`',
        user: {
          user_id: INT,
          username: 'bob',
          firstname: 'Bob',
          lastname: 'Builder',
          email: 'bob@example.com',
          emails: [],
          active: true,
          admin: false,
          ldap_dn: 'uid=bob,dc=example',
          last_login: null,
        },
      });
    });
  });

  script.proves('update_user', () => {
    it('answers the user', async () => {
      const args = {
        userid: 'bob',
        username: 'bobby',
        email: 'bobby@example.com',
        password: 'other',
        firstname: 'Bobby',
        lastname: 'B',
        active: false,
        admin: true,
        ldap_dn: '',
      };
      expect(await script.call('update_user', args)).toEqual({
        msg: expect.stringMatching(/^updated user ID:\d+ bobby$/),
        user: {
          user_id: INT,
          api_key: null,
          username: 'bobby',
          firstname: 'Bobby',
          lastname: 'B',
          email: 'bobby@example.com',
          emails: [],
          active: false,
          admin: true,
          ldap_dn: null,
          last_login: null,
        },
      });
    });
  });

  script.proves('delete_user', () => {
    it('answers null for the user', async () => {
      expect(await script.call('delete_user', { userid: 'bobby' })).toEqual({
        msg: expect.stringMatching(/^deleted user ID:\d+ bobby$/),
        user: null,
      });
    });
  });
}

/** Printed alike in all years. */
export function provesUpkeep(script: OldScript): void {
  script.proves('pull', () => {
    it('answers one sentence', async () => {
      expect(await script.call('pull', { repoid: 'mirror' })).toBe('Pulled from `mirror`');
    });

    it('says that it lacks `repoid`', async () => {
      expect(await script.refusal('pull')).toBe('Missing non optional `repoid` arg in JSON DATA');
    });
  });

  script.proves('rescan_repos', () => {
    it('lists what was added and what was removed', async () => {
      expect(await script.call('rescan_repos', { remove_obsolete: false })).toEqual({
        added: [],
        removed: [],
      });
    });
  });

  script.proves('invalidate_cache', () => {
    it('answers one sentence', async () => {
      expect(await script.call('invalidate_cache', { repoid: 'website' })).toBe(
        'Caches of repository `website`',
      );
    });
  });
}

/** Printed until 2016. */
export function provesLock(script: OldScript): void {
  script.proves('lock', () => {
    it('locks, unlocks and shows', async () => {
      expect(await script.call('lock', { repoid: 'website', userid: 'ada', locked: true })).toEqual({
        repo: 'website',
        locked: true,
        locked_since: expect.any(Number),
        locked_by: 'ada',
        msg: 'User `ada` set lock state for repo `website` to `true`',
      });
      expect(await script.call('lock', { repoid: 'website' })).toEqual({
        repo: 'website',
        locked: true,
        locked_since: expect.any(Number),
        locked_by: 'ada',
        msg: expect.stringMatching(/^Repo `website` locked by `ada` on `"\d.*"`\.$/),
      });
      expect(await script.call('lock', { repoid: 'website', locked: false })).toEqual({
        repo: 'website',
        locked: false,
        locked_since: null,
        locked_by: 'admin',
        msg: 'User `admin` set lock state for repo `website` to `false`',
      });
    });
  });
}

/** Under the name of the year. */
export function provesAddresses(script: OldScript, method: 'show_ip' | 'get_ip'): void {
  script.proves(method, () => {
    it("answers the caller's address and the networks of a user", async () => {
      expect(await script.call(method, { userid: 'ada' })).toEqual({
        ip_addr_server: '127.0.0.1',
        user_ips: [{ ip_addr: '127.0.0.0/8', ip_range: ['127.0.0.0', '127.255.255.255'] }],
      });
    });

    it('is for administrators', async () => {
      const { key } = await script.user('pauper');
      expect(await script.refusal(method, {}, key)).toBe('Access was denied to this resource.');
    });
  });
}

/** Under the names of the year. */
export function provesUserGroups(script: OldScript, names: GroupNames): void {
  script.proves(names.create, () => {
    it('answers the group', async () => {
      expect(await script.call(names.create, { group_name: 'crew', owner: 'ada', active: false })).toEqual({
        msg: 'created new user group `crew`',
        users_group: { users_group_id: INT, group_name: 'crew', active: false },
      });
    });

    it('refuses a name that is taken', async () => {
      expect(await script.refusal(names.create, { group_name: 'crew' })).toBe(
        'user group `crew` already exist',
      );
    });
  });

  script.proves(names.add, () => {
    it('says whether the user is new in the group', async () => {
      const add = () => script.call(names.add, { usersgroupid: 'crew', userid: 'ada' });
      expect(await add()).toEqual({ success: true, msg: `added member \`ada\` ${names.to} \`crew\`` });
      expect(await add()).toEqual({ success: false, msg: 'User is already in that group' });
    });

    it('says that it lacks `usersgroupid`', async () => {
      expect(await script.refusal(names.add, { userid: 'ada' })).toBe(
        'Missing non optional `usersgroupid` arg in JSON DATA',
      );
    });
  });

  script.proves(names.get, () => {
    it('shows a group with its members', async () => {
      expect(await script.call(names.get, { [names.id]: 'crew' })).toEqual({
        users_group_id: INT,
        group_name: 'crew',
        active: false,
        members: [ADA],
      });
    });

    it('answers null for a group that is missing', async () => {
      expect(await script.call(names.get, { [names.id]: 'nobodys' })).toBeNull();
    });
  });

  script.proves(names.list, () => {
    it('lists groups without their members', async () => {
      expect(await script.call(names.list)).toEqual([
        { users_group_id: INT, group_name: 'staff', active: true },
        { users_group_id: INT, group_name: 'crew', active: false },
      ]);
    });
  });

  script.proves(names.remove, () => {
    it('says whether the user was in the group', async () => {
      const remove = () => script.call(names.remove, { usersgroupid: 'crew', userid: 'ada' });
      expect(await remove()).toEqual({ success: true, msg: 'removed member ada from user group crew' });
      expect(await remove()).toEqual({ success: false, msg: "User wasn't in group" });
    });
  });
}

/** Under the names of the year. */
export function provesGrants(script: OldScript, toGroup: string): void {
  script.proves('grant_user_permission', () => {
    it('says what was granted', async () => {
      const args = { repoid: 'website', userid: 'ada', perm: 'repository.write' };
      expect(await script.call('grant_user_permission', args)).toEqual({
        msg: 'Granted perm: `repository.write` for user: `ada` in repo: `website`',
        success: true,
      });
    });
  });

  script.proves(toGroup, () => {
    it('says what was granted', async () => {
      const args = { repoid: 'website', usersgroupid: 'staff', perm: 'repository.admin' };
      expect(await script.call(toGroup, args)).toEqual({
        msg: 'Granted perm: `repository.admin` for group: `staff` in repo: `website`',
        success: true,
      });
    });
  });
}

/** Under the names of the year. */
export function provesRevocations(script: OldScript, fromGroup: string): void {
  script.proves('revoke_user_permission', () => {
    it('says what was revoked', async () => {
      expect(await script.call('revoke_user_permission', { repoid: 'website', userid: 'ada' })).toEqual({
        msg: 'Revoked perm for user: `ada` in repo: `website`',
        success: true,
      });
    });
  });

  script.proves(fromGroup, () => {
    it('says what was revoked', async () => {
      const args = { repoid: 'website', usersgroupid: 'staff' };
      expect(await script.call(fromGroup, args)).toEqual({
        msg: 'Revoked perm for group: `staff` in repo: `website`',
        success: true,
      });
    });
  });
}

/** Printed alike in 2014 and 2019. */
export function provesCopies(script: OldScript): void {
  script.proves('get_repo_nodes', () => {
    it('lists files and directories', async () => {
      const args = { repoid: 'website', revision: 'tip', root_path: '', ret_type: 'files' };
      expect(await script.call('get_repo_nodes', args)).toEqual([{ name: 'README', type: 'file' }]);
    });
  });

  script.proves('fork_repo', () => {
    it('says what was forked', async () => {
      const args = {
        repoid: 'website',
        fork_name: 'copy',
        owner: 'ada',
        description: 'A copy',
        copy_permissions: false,
        private: false,
        landing_rev: 'tip',
      };
      expect(await script.call('fork_repo', args)).toEqual({
        msg: 'Created fork of `website` as `copy`',
        success: true,
      });
    });
  });

  script.proves('delete_repo', () => {
    it('says what was deleted', async () => {
      expect(await script.call('delete_repo', { repoid: 'copy', forks: null })).toEqual({
        msg: 'Deleted repository `copy`',
        success: true,
      });
    });
  });
}
