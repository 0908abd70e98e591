import { Bool, Id, Int, List, OneOf, Text } from '../../rpc/argument-types.js';
import { REVIEW_STATUSES, type ReviewStatus } from '../pull-requests/pull-request-record.js';

const REPO = { description: 'repository id or full name' };
const REVISION =
  'full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end)';
const CHANGESET = { description: REVISION };
const NO_EFFECT = 'accepted for older clients, without effect: ';
const DATE = { optional: true, max: 32, description: '`YYYY-MM-DDTHH:MM:SS` in server time, inclusive' };

export class GetChangesetsArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id({ optional: true, description: `first changeset, inclusive: ${REVISION}` })
  start?: number | string;

  @Id({ optional: true, description: 'last changeset, inclusive' })
  end?: number | string;

  @Text(DATE)
  start_date?: string;

  @Text(DATE)
  end_date?: string;

  @Text({
    optional: true,
    max: 1000,
    description: 'git: what is reachable from this branch; hg: what was committed on this named branch',
  })
  branch_name?: string;

  @Bool({ optional: true, description: 'newest first; oldest first when false' })
  reverse = false;

  @Bool({ optional: true, description: 'adds `added`, `changed` and `removed`' })
  with_file_list = false;

  @Int({ optional: true, min: 0, description: 'only so many, the newest of what was chosen; 0: all' })
  max_revisions?: number;

  @Int({ optional: true, min: 1, description: 'length of a page; everything when omitted' })
  limit?: number;

  @Text({ optional: true, max: 40, description: '`raw_id` of the last changeset of the page before' })
  cursor?: string;
}

export class GetChangesetArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id(CHANGESET)
  raw_id!: number | string;

  @Bool({ optional: true, description: 'adds `reviews`: the vote that counts, if there is one' })
  with_reviews = false;

  @Bool({ optional: true, description: 'adds `comments` on the changeset as a whole' })
  with_comments = false;

  @Bool({
    optional: true,
    description: 'adds `inline_comments`: `[path, {line: [comment, ...]}]`, lines as `n12` or `o12`',
  })
  with_inline_comments = false;
}

export class CommentChangesetArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id(CHANGESET)
  raw_id!: number | string;

  @Text({ optional: true, max: 100_000, description: 'may be empty when `status` is given' })
  comment_msg = '';

  @OneOf(REVIEW_STATUSES, { optional: true, description: 'vote on the changeset; needs write' })
  status?: ReviewStatus;

  @Text({ optional: true, max: 4096, description: 'a file that the changeset touches; with `line_no`' })
  f_path?: string;

  @Text({ optional: true, max: 20, description: '`n12` (new side) or `o12` (old side); `12` is `n12`' })
  line_no?: string;

  @OneOf(['note', 'todo'], { optional: true })
  comment_type: 'note' | 'todo' = 'note';

  @Int({ optional: true, description: 'the todo on this changeset that the comment settles' })
  resolves_comment_id?: number;

  @Id({ optional: true, description: 'user id or name to act for; administrators of the repository only' })
  userid?: number | string;

  @List({ optional: true, max: 100, description: `${NO_EFFECT}no mail is sent` })
  extra_recipients: unknown[] = [];

  @Bool({ optional: true, description: `${NO_EFFECT}no mail is sent` })
  send_email = true;
}

export class SetChangesetStatusArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id(CHANGESET)
  raw_id!: number | string;

  @OneOf(REVIEW_STATUSES)
  status!: ReviewStatus;
}
