import type { RepoGroupRecord } from './repo-groups.directory.js';

/** @param repositories full names of the direct children, sorted without case */
export function toRepoGroupView(group: RepoGroupRecord, repositories: string[]) {
  return {
    group_id: group.group_id,
    group_name: group.group_name,
    group_description: group.group_description,
    parent_group: group.parent_group,
    repositories,
    owner: group.owner,
  };
}

export type RepoGroupView = ReturnType<typeof toRepoGroupView>;
