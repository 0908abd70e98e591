import { id, listOf, message, named, nothing, orNull, text } from '../../rpc/result-shapes.js';
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
export const ChangedRepoGroup = message({ repo_group: RepoGroup });
export const DeletedRepoGroup = message({ repo_group: nothing });
