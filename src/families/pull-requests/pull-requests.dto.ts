import { Bool, Id, Int, List, OneOf, Text } from '../../rpc/argument-types.js';
import { REVIEW_STATUSES, type ReviewStatus } from './pull-request-record.js';

const REF = {
  max: 1024,
  description: '`type:name` or `type:name:commit`; types are branch, bookmark and tag',
};

export class CreatePullRequestArgs {
  @Id({ description: 'repository with the changes, by id or full name' })
  source_repo!: number | string;

  @Id({ description: 'repository that shall get them: the same one, or the one it was forked from' })
  target_repo!: number | string;

  @Text(REF)
  source_ref!: string;

  @Text(REF)
  target_ref!: string;

  @Id({ optional: true, description: 'user id or name; super admins only, the caller when omitted' })
  owner?: number | string;

  @Text({ optional: true, max: 255, description: 'made from the repositories and refs when empty' })
  title = '';

  @Text({ optional: true, max: 100_000 })
  description = '';

  @List({ optional: true, max: 100, description: 'user ids or names, or objects with `username`' })
  reviewers: unknown[] = [];

  @Text({ optional: true, max: 20, description: 'accepted for older clients, without effect' })
  description_renderer = '';

  @List({ optional: true, max: 100, description: 'accepted for older clients, without effect' })
  observers: unknown[] = [];
}

export class GetPullRequestArgs {
  @Int({ description: 'id of the pull request' })
  pullrequest_id!: number;
}

export class CommentPullRequestArgs {
  @Int({ description: 'id of the pull request' })
  pull_request_id!: number;

  @Text({ optional: true, max: 100_000 })
  comment_msg = '';

  @OneOf(REVIEW_STATUSES, {
    optional: true,
    description: 'vote of the caller on every revision of the pull request',
  })
  status?: ReviewStatus;

  @Bool({ optional: true, description: 'close the pull request' })
  close_pr = false;
}

export class EditReviewersArgs {
  @Int({ description: 'id of the pull request' })
  pull_request_id!: number;

  @List({ optional: true, max: 100, description: 'user ids or names, or one of them' })
  add?: unknown[];

  @List({ optional: true, max: 100, description: 'user ids or names, or one of them' })
  remove?: unknown[];
}
