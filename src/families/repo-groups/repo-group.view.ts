import type { RepoGroupShape } from '../../sdk/index.js';
import type { DescribedRepoGroup } from './repo-group-reader.js';

/** On the wire and in events alike: it holds no time and no secret. */
export function toRepoGroupView(group: DescribedRepoGroup): RepoGroupShape {
  return {
    group_id: group.group_id,
    group_name: group.group_name,
    group_description: group.group_description,
    parent_group: group.parent_group,
    repositories: group.repositories,
    owner: group.owner,
  };
}
