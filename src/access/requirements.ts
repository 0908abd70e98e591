import type { AccessLevel, Requirement } from '../rpc/requirement.js';

/** Any active user with a valid key. */
export const authenticated = (): Requirement => ({ kind: 'authenticated' });

/** A user whose `admin` flag is set. */
export const superAdmin = (): Requirement => ({ kind: 'superAdmin' });

/** A global permission such as `hg.create.repository`; super admins have them all. */
export const global = (permission: string): Requirement => ({ kind: 'global', permission });

/** @param arg name of the argument that names the repository, by id or full name */
export const repo = (level: AccessLevel, arg = 'repoid'): Requirement => ({
  kind: 'object',
  object: 'repo',
  level,
  arg,
});
export const repoGroup = (level: AccessLevel, arg = 'repogroupid'): Requirement => ({
  kind: 'object',
  object: 'repoGroup',
  level,
  arg,
});
export const userGroup = (level: AccessLevel, arg = 'usergroupid'): Requirement => ({
  kind: 'object',
  object: 'userGroup',
  level,
  arg,
});

/** The service decides, because the rule needs more than one argument. @param rule the rule in words, for documentation */
export const decidedBy = (rule: string): Requirement => ({ kind: 'service', rule });

export const anyOf = (...of: Requirement[]): Requirement => ({ kind: 'anyOf', of });
export const allOf = (...of: Requirement[]): Requirement => ({ kind: 'allOf', of });
