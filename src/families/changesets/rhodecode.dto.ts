import { Id, Int, OneOf } from '../../rpc/argument-types.js';

const REPO = { description: 'repository id or full name' };
const REVISION = 'full or abbreviated id, branch, tag, bookmark, `tip`, or number';

export const CHANGESET_DETAILS = ['basic', 'extended', 'full'] as const;
export type ChangesetDetails = (typeof CHANGESET_DETAILS)[number];

const DETAILS = {
  optional: true,
  description: '`extended` adds the names of changed files to `diff`, `full` their patches and `refs` too',
};

export class GetRepoChangesetArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id({ description: REVISION })
  revision!: number | string;

  @OneOf(CHANGESET_DETAILS, DETAILS)
  details: ChangesetDetails = 'basic';
}

export class GetRepoChangesetsArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id({ description: `where to begin, inclusive: ${REVISION}` })
  start_rev!: number | string;

  @Int({ min: -1, description: 'how many, from `start_rev` towards the newest; -1: all' })
  limit!: number;

  @OneOf(CHANGESET_DETAILS, DETAILS)
  details: ChangesetDetails = 'basic';
}
