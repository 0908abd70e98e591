import { id, listOf, message, named, nothing, optional, orNull, text } from '../../rpc/result-shapes.js';
import { Member } from '../users/users.results.js';

export const RepoGroup = named('RepoGroup', {
  group_id: id,
  group_name: text,
  group_description: text,
  parent_group: orNull(text),
  repositories: listOf(text),
  owner: text,
});

export const RepoGroupDetails = named('RepoGroupDetails', {
  ...RepoGroup.properties,
  members: listOf(Member),
});
/** `job_id` with `wait: false` only: the group is then as it was. */
export const ChangedRepoGroup = message({ repo_group: RepoGroup, job_id: optional(id) });
export const DeletedRepoGroup = message({ repo_group: nothing, job_id: optional(id) });
