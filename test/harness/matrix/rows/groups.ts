import { lacks } from '../oracle.js';
import { ALLOWED } from '../rehearsal.js';
import type { Outcomes, Row, Rows, Scene } from './row.js';

const names = (key: string) => (result: unknown) =>
  (result as Record<string, string>[]).map((each) => each[key]).join(' ');

const noUserGroup = ({ people }: Scene) => `user group \`${people}\` does not exist`;
const noGroup = ({ group }: Scene) => `repository group \`${group}\` does not exist`;

const membership = (args: (scene: Scene) => object, outcomes: (scene: Scene) => Outcomes): Row => ({
  about: 'userGroup',
  args,
  outcomes,
});
const MEMBERSHIP: readonly Row[] = [
  membership(
    ({ people }) => ({ usergroupid: people, userid: 'stranger' }),
    (scene) => ({ none: noUserGroup(scene), admin: ALLOWED, elsewhere: ALLOWED }),
  ),
  {
    // the user is looked for first, as in Kallithea
    ...membership(
      ({ people }) => ({ usergroupid: people, userid: 'nobody' }),
      () => ({ none: 'user `nobody` does not exist', elsewhere: 'user `nobody` does not exist' }),
    ),
    label: 'unknown user',
  },
];

const admitsHalf = ({ place }: Scene, but: Record<string, string>) => (place === 'own' ? but : {});

/** Both groups must be there for the caller; the levels are looked at after that. */
const bothGroups = (more: object = {}): Row => ({
  about: 'repoGroup',
  args: ({ group, people }) => ({ repogroupid: group, usergroupid: people, ...more }),
  outcomes: (scene) => ({
    none: noGroup(scene),
    admin: ALLOWED,
    elsewhere: lacks('group:own'),
    but: admitsHalf(scene, { 'admin on the repoGroup alone': noUserGroup(scene) }),
  }),
});

/** Repository groups, user groups and rights on them. */
export const GROUP_ROWS: Rows = {
  add_user_to_user_group: MEMBERSHIP,
  remove_user_from_user_group: MEMBERSHIP,
  get_user_groups: [
    {
      about: 'userGroup',
      at: ['own'],
      args: () => ({}),
      shows: (result) =>
        names('group_name')(result)
          .split(' ')
          .filter((name) => name.endsWith('-people'))
          .join(' '),
      outcomes: () => ({
        none: 'shared-people',
        read: 'own-people shared-people',
        superAdmin: 'own-people other-people shared-people',
        elsewhere: 'own-people other-people shared-people',
      }),
    },
  ],
  grant_user_group_permission_to_repo_group: [bothGroups({ perm: 'group.read' })],
  revoke_user_group_permission_from_repo_group: [bothGroups()],
};
