import { Bool, Id, Int, OneOf, Text } from '../../rpc/argument-types.js';

const REPO = { description: 'repository id or full name' };
const LANDING_REV = { max: 255, description: '`type:name`; types are rev, branch, tag and book (`rev:tip`)' };

export const NODE_DETAILS = ['minimal', 'basic', 'full'] as const;

const WAIT = {
  optional: true,
  description:
    'false: answers at once with `job_id`, see `get_job`; true: waits as long as the call may take',
};

export class RepoArgs {
  @Id(REPO)
  repoid!: number | string;
}

export class GetRepoArgs extends RepoArgs {
  @Bool({ optional: true, description: 'adds `tags`, `branches` and `bookmarks`' })
  with_revision_names = false;

  @Bool({ optional: true, description: 'adds `pull_requests` that target the repository' })
  with_pullrequests = false;
}

/** Of lists in the order of full names. */
export class RepoPageArgs {
  @Int({ optional: true, min: 1, max: 1000, description: 'how many at most; all when omitted' })
  limit?: number;

  @Text({
    optional: true,
    max: 1024,
    description: 'only what comes after this name: the last `repo_name` of the page before',
  })
  cursor?: string;
}

export class GetReposArgs extends RepoPageArgs {
  @Text({
    optional: true,
    max: 1024,
    description: 'only full names like this, whatever their case; `*` stands for any characters: `tools/*`',
  })
  name?: string;

  @OneOf(['git', 'hg'], { optional: true })
  repo_type?: 'git' | 'hg';

  @Id({ optional: true, description: 'only repositories in this repository group, by id or full name' })
  group?: number | string;

  @Bool({
    optional: true,
    description: 'also in the groups below `group`; false without a group: only at the top level',
  })
  traverse = true;

  @Id({ optional: true, description: 'only those of this owner, by user id or name' })
  owner?: number | string;

  @Id({ optional: true, description: 'only forks of this repository, by id or full name' })
  fork_of?: number | string;
}

export class CreateRepoArgs {
  @Text({
    max: 1024,
    description: 'full name; the repository group before the last `/` must exist, see `create_groups`',
  })
  repo_name!: string;

  @Id({ optional: true, description: 'user id or name; super admins only, the caller when omitted' })
  owner?: number | string;

  @OneOf(['git', 'hg'], { optional: true, description: 'the setting `default_repo_type` when omitted' })
  repo_type?: 'git' | 'hg';

  @Text({ optional: true, max: 10_000, description: 'the last part of the name when empty' })
  description = '';

  @Bool({ optional: true, nullable: true, description: 'null: the setting `default_repo_private`' })
  private: boolean | null = false;

  @Text({ optional: true, max: 2048, description: 'http(s) address to clone from; kept for `pull`' })
  clone_uri?: string;

  @Text({ optional: true, ...LANDING_REV })
  landing_rev = 'rev:tip';

  @Bool({ optional: true, description: 'the setting `default_repo_enable_statistics` when omitted' })
  enable_statistics?: boolean;

  @Bool({ optional: true, description: 'the setting `default_repo_enable_downloads` when omitted' })
  enable_downloads?: boolean;

  @Bool({ optional: true, description: "a writer's pull locks the repository, his push unlocks it" })
  enable_locking = false;

  @Bool({ optional: true, description: 'take over the rights of the repository group' })
  copy_permissions = false;

  @Bool({
    optional: true,
    description:
      'make the repository groups that the name lacks: super admins, and whoever has write on the deepest one there is',
  })
  create_groups = false;

  @Bool(WAIT)
  wait = true;
}

export class UpdateRepoArgs extends RepoArgs {
  @Text({ optional: true, max: 255, description: 'new last part of the name' })
  name?: string;

  @Id({ optional: true, description: 'user id or name; super admins only' })
  owner?: number | string;

  @Id({
    optional: true,
    description: 'repository group to move to, by id or full name; `""` moves to the top',
  })
  group?: number | string;

  @Text({ optional: true, max: 10_000 })
  description?: string;

  @Bool({ optional: true, description: 'true also takes the right of the default user away' })
  private?: boolean;

  @Text({
    optional: true,
    max: 2048,
    description: '`""` clears it; the masked form of the present one changes nothing',
  })
  clone_uri?: string;

  @Text({ optional: true, ...LANDING_REV })
  landing_rev?: string;

  @Bool({ optional: true })
  enable_statistics?: boolean;

  @Bool({ optional: true })
  enable_downloads?: boolean;

  @Bool({ optional: true, description: "a writer's pull locks the repository, his push unlocks it" })
  enable_locking?: boolean;

  @Text({
    optional: true,
    max: 100_000,
    description:
      'values of extra fields that are there: `key=value,other=value`, a comma in a value as `\\,`',
  })
  fields?: string;
}

export class ForkRepoArgs extends RepoArgs {
  @Text({ max: 1024, description: 'full name of the fork' })
  fork_name!: string;

  @Id({ optional: true, description: 'user id or name; super admins only, the caller when omitted' })
  owner?: number | string;

  @Text({ optional: true, max: 10_000, description: 'the last part of the name when empty' })
  description = '';

  @Bool({ optional: true, description: 'take over the rights of the source' })
  copy_permissions = false;

  @Bool({ optional: true })
  private = false;

  @Text({ optional: true, ...LANDING_REV })
  landing_rev = 'rev:tip';

  @Bool(WAIT)
  wait = true;
}

export class DeleteRepoArgs extends RepoArgs {
  @OneOf(['', 'detach', 'delete'], {
    optional: true,
    description: 'what becomes of forks; `""` refuses when there are any',
  })
  forks = '';
}

export class PullArgs extends RepoArgs {
  @Text({
    optional: true,
    max: 2048,
    description: 'http(s) address; the stored one, then the fork parent, when omitted',
  })
  clone_uri?: string;

  @Bool(WAIT)
  wait = true;
}

export class GetRepoNodesArgs extends RepoArgs {
  @Id({
    description:
      'full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end)',
  })
  revision!: number | string;

  @Text({ max: 4096, description: 'directory to begin below; `""` or `/` is the root' })
  root_path!: string;

  @Text({ optional: true, max: 32, description: '`all`, `dirs` or `files`' })
  ret_type = 'all';

  @OneOf(NODE_DETAILS, {
    optional: true,
    description: '`basic` adds `md5`, `size`, `lines` and the like to files, `full` adds `content` too',
  })
  details: (typeof NODE_DETAILS)[number] = 'minimal';

  @Int({ optional: true, min: 0, description: 'the content of larger files is null' })
  max_file_bytes?: number;
}

export class RescanReposArgs {
  @Bool({ optional: true, description: 'delete repositories that are in the database but not on disk' })
  remove_obsolete = false;

  @Bool(WAIT)
  wait = true;
}
