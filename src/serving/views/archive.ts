import { notFound } from '../../rpc/errors.js';
import { ARCHIVE_FORMATS, type ArchiveFormat } from '../../vcs/downloads.js';
import { SANDBOX } from './content-policy.js';
import { dispositionOf } from './disposition.js';
import { wholeRevision } from './revision-part.js';
import type { RepoViewRequest, StreamedAnswer } from './view.js';

const TYPES: Record<ArchiveFormat, string> = {
  zip: 'application/zip',
  'tar.gz': 'application/gzip',
  'tar.bz2': 'application/x-bzip2',
};

/** `/archive/<revision>.zip`, `.tar.gz` or `.tar.bz2`: all files, where downloads are enabled. */
export async function archive(view: RepoViewRequest): Promise<StreamedAnswer> {
  const { repo, rest, backend, directory } = view;
  if (!repo.enable_downloads)
    throw notFound(
      'downloads are disabled for this repository; `update_repo` with `enable_downloads` enables them',
    );
  const given = rest.join('/');
  const format = ARCHIVE_FORMATS.find((each) => given.endsWith(`.${each}`));
  if (format === undefined)
    throw notFound(
      `an archive is <revision> and an ending: ${ARCHIVE_FORMATS.map((each) => `.${each}`).join(' ')}`,
    );
  const rawId = await wholeRevision(view, given.slice(0, -format.length - 1));
  const prefix = `${repo.repo_name.slice(repo.repo_name.lastIndexOf('/') + 1)}-${rawId.slice(0, 12)}`;
  return {
    etag: `${rawId}-${format}`,
    headers: {
      'content-type': TYPES[format],
      'content-disposition': dispositionOf('attachment', `${prefix}.${format}`),
      'content-security-policy': SANDBOX,
    },
    open: () => backend.openArchive(directory, rawId, { format, prefix }, view),
  };
}
