import type { Caller } from '../../rpc/call.js';
import { invalidParams, refused } from '../../rpc/errors.js';
import { asFailure } from '../repos/as-failure.js';
import type { Comparisons } from './comparisons.js';
import type { PullRequestRecord } from './pull-request-record.js';

export interface Place {
  f_path: string;
  /** `n12` on the new side, `o12` on the old side. */
  line_no: string;
}

/** Where a comment is to stand, if it is about a line: in a file that the pull request changes, on a side that it has. */
export async function inlinePlace(
  caller: Caller,
  comparisons: Comparisons,
  pullRequest: PullRequestRecord,
  { f_path, line_no }: { f_path?: string | undefined; line_no?: string | undefined },
): Promise<Place | null> {
  if (f_path === undefined && line_no === undefined) return null;
  if (f_path === undefined || line_no === undefined)
    throw invalidParams('`f_path` and `line_no` go together: a comment on a line needs both');
  if (!/^[no][1-9]\d{0,8}$/.test(line_no))
    throw invalidParams('argument `line_no` must be `n` (new side) or `o` (old side) and a line number');
  const { repo, path } = await comparisons.source(pullRequest);
  const { files } = await comparisons
    .backend(repo)
    .diff(path, pullRequest.other_ref_rev, pullRequest.org_ref_rev, {
      signal: caller.signal,
      context: 0,
      maxTextBytes: 0,
    })
    .catch((error: unknown) => {
      throw asFailure(error, 'the difference cannot be read');
    });
  const file = files.find((each) => each.path === f_path);
  if (!file) throw refused(`pull request \`${pullRequest.pull_request_id}\` does not change \`${f_path}\``);
  const missing = line_no.startsWith('n') ? 'removed' : 'added';
  if (file.op === missing) throw refused(`\`${f_path}\` is ${missing}, it has no line \`${line_no}\``);
  return { f_path, line_no };
}
