/**
 * The user `default` carries anonymous access and everybody's default permissions. The first migration makes it,
 * before any other user, so its id is a constant.
 */
export const DEFAULT_USER_ID = 1;
export const DEFAULT_USERNAME = 'default';
