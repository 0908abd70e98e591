import { Id, Int, Text } from '../../rpc/argument-types.js';

export class DeleteCommentArgs {
  @Int({ description: 'id of a comment on a pull request or on a changeset' })
  comment_id!: number;
}

export class EditCommentArgs extends DeleteCommentArgs {
  @Text({ max: 100_000, description: 'the new text' })
  message!: string;

  @Int({ description: '`comment_last_version` as it was read; 0 for what was never edited' })
  version!: number;

  @Id({ optional: true, description: 'repository administrators only; without effect, the author stays' })
  userid?: number | string;
}
