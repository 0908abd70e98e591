import { describe, expect, it } from 'vitest';
import { insteadOfMethod, isOlderArgument, olderCall, pairsWith } from './aliases.js';

describe('an older method that stands for two', () => {
  it.each([null, 'None'])('takes the right away for perm %j', (perm) => {
    expect(olderCall('add_user_to_repo', { repo_name: 'r', username: 'u', perm })).toEqual({
      method: 'revoke_user_permission',
      args: { repo_name: 'r', username: 'u' },
    });
  });

  it.each(['repository.read', 'none', '', undefined])('gives the right for perm %j', (perm) => {
    const args = { repo_name: 'r', group_name: 'g', perm };
    expect(olderCall('add_users_group_to_repo', args)).toEqual({
      method: 'grant_user_group_permission',
      args,
    });
  });

  it('is found from both', () => {
    expect(pairsWith('grant_user_permission')).toEqual(['add_user_to_repo']);
    expect(pairsWith('revoke_user_permission')).toEqual(['add_user_to_repo']);
    expect(olderCall('toString', {})).toBeUndefined();
  });
});

describe('names on their way out', () => {
  it('are older ones, not those of the neighbouring product', () => {
    expect(insteadOfMethod('show_ip', 'get_ip')).toBe('get_ip');
    expect(insteadOfMethod('get_ip', 'get_ip')).toBeUndefined();
    expect(insteadOfMethod('add_field_to_repo', 'create_repo_extra_field')).toBeUndefined();
    expect(isOlderArgument('usersgroupid', 'usergroupid')).toBe(true);
    expect(isOlderArgument('pullrequestid', 'pullrequest_id')).toBe(false);
  });
});
