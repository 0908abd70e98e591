import type { PermissionSubject } from '../../sdk/index.js';

export const userSubject = (user: { user_id: number; username: string }): PermissionSubject => ({
  type: 'user',
  id: user.user_id,
  name: user.username,
});

export const userGroupSubject = (group: { id: number; name: string }): PermissionSubject => ({
  type: 'user_group',
  id: group.id,
  name: group.name,
});

/** As messages call them. */
export const SUBJECT_WORDS = { user: 'user', user_group: 'user group' } as const;
/** Column of the tables of rights. */
export const SUBJECT_COLUMN = { user: 'user_id', user_group: 'users_group_id' } as const;

/** @param success always true: what cannot be done is refused */
export interface RightAnswer {
  msg: string;
  success: true;
}
