import { join } from 'node:path';
import { expect } from 'vitest';
import { Database } from '../../src/database/database.js';
import { WorkTree } from '../harness/repositories.js';
import type { OldScript } from './old-script.js';

export const INT = expect.any(Number) as number;
/** Naive local time, milliseconds only where there are any. */
export const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/) as string;

export const WEBSITE_CHANGESET = {
  author: 'Ada <ada@example.com>',
  date: DATE,
  message: 'Say hello\n',
  raw_id: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
  revision: 0,
  short_id: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
};

/** A user whose LDAP name, networks and second address show, a user group, a repository with a commit and its fork. */
export async function addedCommit({ gateway }: OldScript): Promise<void> {
  await gateway.createUser('ada', {
    firstname: 'Ada',
    lastname: 'Lovelace',
    ldap_dn: 'uid=ada,dc=example',
  });
  await gateway.app
    .get(Database)
    .query('UPDATE "user" SET last_login = $1 WHERE username = $2', [
      new Date(2014, 0, 2, 3, 4, 5, 678),
      'ada',
    ]);
  await gateway.call('add_user_email', { userid: 'ada', email: 'ada@lovelace.example' });
  await gateway.call('add_user_ip', { userid: 'ada', ip_addr: '127.0.0.0/8' });
  await gateway.call('create_user_group', { group_name: 'staff' });
  await gateway.call('create_repo', { repo_name: 'website', repo_type: 'git', description: 'Our pages' });
  const tree = WorkTree.clone('git', join(gateway.settings.repoRoot, 'website'));
  tree.commit('README', 'hello\n', 'Say hello');
  tree.push();
  tree.remove();
  await gateway.call('invalidate_cache', { repoid: 'website' });
  await gateway.call('fork_repo', { repoid: 'website', fork_name: 'mirror' });
}

/** As a member, to the super admin of a script. */
export const ADA = {
  user_id: INT,
  api_key: null,
  username: 'ada',
  firstname: 'Ada',
  lastname: 'Lovelace',
  email: 'ada@example.com',
  emails: ['ada@lovelace.example'],
  active: true,
  admin: false,
  ldap_dn: 'uid=ada,dc=example',
  last_login: '2014-01-02T03:04:05.678',
};

export const WHOLE_ADA = { ...ADA, ip_addresses: ['127.0.0.0/8'] };

/** A repository of the super admin as Kallithea printed it since 2014. */
export const repo = (name: string, more: object = {}) => ({
  repo_id: INT,
  repo_name: name,
  repo_type: 'git',
  clone_uri: null,
  private: false,
  created_on: DATE,
  description: name,
  landing_rev: 'tip',
  owner: 'admin',
  fork_of: null,
  enable_downloads: false,
  enable_statistics: false,
  ...more,
});
