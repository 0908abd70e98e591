import { Bool, Id, Int, List, OneOf, Text } from '../../rpc/argument-types.js';

const ACTING = {
  optional: true,
  description: 'user id or name to act for; administrators of the target only',
};
const NO_EFFECT = 'accepted for older clients, without effect: ';

/** What every method of RhodeCode on one pull request takes. */
export class PullRequestArgs {
  @Int({ description: 'id of the pull request' })
  pullrequestid!: number;

  @Id({ optional: true, description: 'target repository; refused when the pull request has another one' })
  repoid?: number | string;
}

export class GetPullRequestOverviewArgs extends PullRequestArgs {
  @Bool({ optional: true, description: 'find out whether it could be merged now, with the reasons' })
  merge_state = false;
}

export class GetPullRequestsArgs {
  @Id({ description: 'target repository, by id or full name' })
  repoid!: number | string;

  @OneOf(['new', 'open', 'closed', 'all'], {
    optional: true,
    description: '`open` is a name that RhodeCode knows and never uses',
  })
  status: 'new' | 'open' | 'closed' | 'all' = 'new';

  @Bool({ optional: true, description: `${NO_EFFECT}ask get_pull_request for one of them` })
  merge_state = false;

  @Id({ optional: true, description: 'only those of this author, by id or name' })
  author?: number | string;

  @Id({ optional: true, description: 'only those that this user shall review, by id or name' })
  reviewer?: number | string;

  @Int({ optional: true, min: 1, max: 1000, description: 'at most so many, the newest first' })
  limit?: number;

  @Int({ optional: true, description: 'the last id of the page before' })
  cursor?: number;
}

export class GetPullRequestCommentsArgs extends PullRequestArgs {
  @Int({ optional: true, min: 1, max: 1000, description: 'at most so many' })
  limit?: number;

  @Int({ optional: true, description: 'the last comment_id of the page before' })
  cursor?: number;
}

export class GetPullRequestDiffArgs extends PullRequestArgs {
  @Int({ optional: true, min: 0, max: 1000, description: 'unchanged lines around a change' })
  context = 3;
}

export class UpdatePullRequestArgs extends PullRequestArgs {
  @Text({ optional: true, max: 255, description: 'empty: stays as it is' })
  title = '';

  @Text({ optional: true, max: 100_000, description: 'empty: stays as it is' })
  description = '';

  @Text({ optional: true, max: 20, description: `${NO_EFFECT}texts are kept as they are written` })
  description_renderer = '';

  @List({
    optional: true,
    max: 100,
    description:
      'all reviewers from now on: user ids or names, or objects with `username`; empty: stay as they are',
  })
  reviewers: unknown[] = [];

  @List({ optional: true, max: 100, description: `${NO_EFFECT}there are reviewers only` })
  observers: unknown[] = [];

  @Bool({ optional: true, description: 'take over what the source branch has now' })
  update_commits = false;
}

export class MergePullRequestArgs extends PullRequestArgs {
  @Id(ACTING)
  userid?: number | string;
}

export class ClosePullRequestArgs extends MergePullRequestArgs {
  @Text({ optional: true, max: 100_000, description: 'the last comment' })
  message = '';
}

export class DiscussPullRequestArgs extends MergePullRequestArgs {
  @Text({ optional: true, max: 100_000 })
  message = '';

  @Text({ optional: true, max: 40, description: 'a vote must be for the newest commit to count' })
  commit_id = '';

  @Text({ optional: true, max: 20, description: 'vote: not_reviewed, under_review, approved or rejected' })
  status = '';

  @OneOf(['note', 'todo'], { optional: true, description: 'a todo stands in the way of a merge' })
  comment_type: 'note' | 'todo' = 'note';

  @Int({ optional: true, description: 'the todo that this comment settles' })
  resolves_comment_id?: number;

  @Int({ optional: true, description: 'the comment that this one answers; its place is taken over' })
  reply_to?: number;

  @Text({ optional: true, max: 4096, description: 'a file that the pull request changes; needs `line_no`' })
  f_path?: string;

  @Text({ optional: true, max: 10, description: '`n12` for the new side, `o12` for the old one' })
  line_no?: string;

  @List({ optional: true, max: 100, description: `${NO_EFFECT}no mail is sent` })
  extra_recipients: unknown[] = [];

  @Bool({ optional: true, description: `${NO_EFFECT}no mail is sent` })
  send_email = true;
}
