import { Id, Int, OneOf, Text } from '../../rpc/argument-types.js';

export class CommentArgs {
  @Int({ description: 'id of a comment on a pull request or on a changeset' })
  comment_id!: number;
}

export class EditCommentArgs extends CommentArgs {
  @Text({ max: 100_000, description: 'the new text' })
  message!: string;

  @Int({ description: '`comment_last_version` as it was read; 0 for what was never edited' })
  version!: number;

  @Id({ optional: true, description: 'repository administrators only; without effect, the author stays' })
  userid?: number | string;
}

export class GetRepoCommentsArgs {
  @Id({ description: 'repository id or full name; of pull requests, the target' })
  repoid!: number | string;

  @Text({ optional: true, max: 40, description: 'only those on this changeset, by its full id' })
  commit_id?: string;

  @OneOf(['note', 'todo'], { optional: true })
  comment_type?: 'note' | 'todo';

  @Id({ optional: true, description: 'only those of this user, by id or name' })
  userid?: number | string;

  @Int({ optional: true, min: 1, max: 1000, description: 'at most so many' })
  limit?: number;

  @Int({ optional: true, description: 'the last comment_id of the page before' })
  cursor?: number;
}
