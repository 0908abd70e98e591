import { lacks, lacksIt } from '../oracle.js';
import { ALLOWED } from '../rehearsal.js';
import type { Outcomes, Row, Rows, Scene } from './row.js';

/** Who gives a number learns no name. */
const elsewhere = lacksIt();
const missing = ({ pullRequest }: Scene) => `pull request \`${pullRequest}\` does not exist`;

/** A method that takes the pull request under `arg`. */
const row =
  (arg: string) =>
  (
    outcomes: (scene: Scene) => Omit<Outcomes, 'none' | 'elsewhere'>,
    more: object = {},
    label?: string,
  ): Row => ({
    about: 'repo',
    label,
    args: (scene) => ({ [arg]: scene.pullRequest, ...more }),
    outcomes: (scene) => ({ none: missing(scene), elsewhere, ...outcomes(scene) }),
  });
const kallithea = row('pull_request_id');
const rhodecode = row('pullrequestid');

const readers = () => ({ read: ALLOWED });
const writersAndAuthor =
  (text: (scene: Scene) => string, then: (scene: Scene) => string = () => ALLOWED) =>
  (scene: Scene) => ({
    read: text(scene),
    write: then(scene),
    author: then(scene),
  });
const failed = (what: string) => (scene: Scene) => `pull request \`${scene.pullRequest}\` ${what}`;
const MAY_NOT_VOTE =
  'No permission to change pull request status. User needs to be admin, owner or reviewer.';
const OTHER_USER = 'userid is not the same as your user';

const mayNotMerge = (user: string) =>
  `merge not possible for following reasons: User \`${user}\` not allowed to perform merge.`;

const comment = (what: string, more: object): Row => ({
  about: 'repo',
  args: ({ comment: id }) => ({ comment_id: id, ...more }),
  outcomes: ({ comment: id }) => ({
    none: `comment \`${id}\` does not exist`,
    read: `you don't have access to ${what} this comment`,
    admin: ALLOWED,
    author: ALLOWED,
    elsewhere,
  }),
});

/** Pull requests within one repository, and comments on them. */
export const PULL_REQUEST_ROWS: Rows = {
  create_pull_request: [
    {
      about: 'repo',
      args: ({ repo }) => ({
        source_repo: repo,
        target_repo: repo,
        source_ref: 'branch:feature',
        target_ref: 'branch:main',
        title: 'again',
      }),
      outcomes: ({ repo }) => ({
        none: `repository \`${repo}\` does not exist`,
        read: ALLOWED,
        elsewhere: lacks('repo:own/project'),
      }),
    },
  ],
  get_pullrequest: [row('pullrequest_id')(readers)],
  comment_pullrequest: [
    kallithea(readers, { comment_msg: 'hm' }),
    kallithea(
      () => ({
        read: MAY_NOT_VOTE,
        superAdmin: ALLOWED,
        author: ALLOWED,
      }),
      { status: 'approved' },
      'vote',
    ),
    kallithea(
      () => ({
        read: 'No permission to close pull request. User needs to be admin or owner.',
        superAdmin: ALLOWED,
        author: ALLOWED,
      }),
      { close_pr: true },
      'close',
    ),
  ],
  edit_reviewers: [
    kallithea(
      () => ({
        read: 'No permission to edit reviewers of this pull request. User needs to be admin or pull request owner.',
        admin: ALLOWED,
        author: ALLOWED,
      }),
      { add: ['author', 'admin'] },
    ),
  ],

  get_pull_request: [rhodecode(readers)],
  get_pull_request_comments: [rhodecode(readers)],
  get_pull_request_diff: [rhodecode(readers)],
  comment_pull_request: [
    rhodecode(readers, { message: 'hm' }),
    rhodecode(
      writersAndAuthor(() => MAY_NOT_VOTE),
      { status: 'approved' },
      'vote',
    ),
    {
      ...rhodecode(
        () => ({ read: OTHER_USER, admin: ALLOWED, author: ALLOWED }),
        { message: 'hm', userid: 'author' },
        'as another',
      ),
      at: ['own'],
    },
  ],
  update_pull_request: [
    rhodecode(writersAndAuthor(failed('update failed, no permission to update.')), { title: 'new' }),
  ],
  close_pull_request: [rhodecode(writersAndAuthor(failed('close failed, no permission to close.')))],
  reopen_pull_request: [
    rhodecode(writersAndAuthor(failed('reopen failed, no permission to reopen.'), failed('is not closed'))),
  ],
  delete_pull_request: [
    rhodecode((scene) => ({
      read: failed('delete failed, no permission to delete.')(scene),
      admin: ALLOWED,
      author: ALLOWED,
    })),
  ],
  merge_pull_request: [
    rhodecode(() => ({ read: mayNotMerge('<user>'), write: ALLOWED })),
    {
      ...rhodecode(
        () => ({ read: OTHER_USER, admin: mayNotMerge('author'), author: mayNotMerge('author') }),
        { userid: 'author' },
        'as one who may not',
      ),
      at: ['own'],
    },
  ],

  get_comment: [
    {
      about: 'repo',
      args: ({ comment: id }) => ({ comment_id: id }),
      outcomes: ({ comment: id }) => ({ none: `comment \`${id}\` does not exist`, read: ALLOWED, elsewhere }),
    },
  ],
  edit_comment: [comment('edit', { message: 'new', version: 0 })],
  delete_comment: [comment('delete', {})],
};
