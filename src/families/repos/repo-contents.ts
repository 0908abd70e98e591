import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { notFound } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { MAX_FILE_BYTES } from '../../vcs/tree-path.js';
import { VcsError, VersionControl } from '../../vcs/vcs.js';
import { asFailure } from './as-failure.js';
import type { GetRepoFileArgs, GetRepoFtsTreeArgs } from './contents.dto.js';
import { fileFacts, textOf, type FileFacts } from './file.view.js';
import type { RepoRecord } from './repo-record.js';

const isCode = (error: unknown, ...codes: VcsError['code'][]) =>
  error instanceof VcsError && codes.includes(error.code);

/** What is in a repository: its refs, and the files of a revision. */
@Injectable()
export class RepoContents {
  constructor(
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /** Ids by name. */
  async refs(caller: Caller, repo: RepoRecord) {
    const { backend, path } = this.at(repo);
    try {
      const { branches, tags, bookmarks } = await backend.refs(path, caller);
      return { branches, branches_closed: await backend.closedBranches(path, caller), tags, bookmarks };
    } catch (error) {
      throw asFailure(error, `failed to get repo: \`${repo.repo_name}\` references`);
    }
  }

  /** Null for an empty repository, as RhodeCode has it. */
  async file(caller: Caller, repo: RepoRecord, args: GetRepoFileArgs) {
    const { backend, path } = this.at(repo);
    const { commit_id, file_path, details, encoding } = args;
    const name = file_path.replace(/^\/+/, '');
    try {
      const rawId = await backend.resolve(path, String(commit_id), caller);
      const content = await backend.file(path, rawId, name, caller);
      const { lines, ...facts } = fileFacts({ path: name, size: content.length, content });
      const minimal = { name, type: 'file' as const };
      if (details === 'minimal') return minimal;
      if (details === 'minimal+search') {
        const { md5, extension, binary, size } = facts;
        return { ...minimal, md5, extension, binary, size };
      }
      if (details === 'basic') return { ...minimal, ...facts };
      const isSmall = content.length <= (args.max_file_bytes ?? Infinity);
      const shown =
        encoding === 'text'
          ? textOf(content, args.max_file_bytes)
          : isSmall
            ? content.toString('base64')
            : null;
      return { ...minimal, ...facts, content: shown, encoding, lines };
    } catch (error) {
      if (isCode(error, 'EMPTY_REPOSITORY')) return null;
      if (isCode(error, 'REVISION_NOT_FOUND', 'PATH_NOT_FOUND')) {
        throw notFound(
          `There is no file in repo: \`${repo.repo_name}\` at path \`${file_path}\` for commit: \`${commit_id}\``,
        );
      }
      throw asFailure(error, `failed to get repo: \`${repo.repo_name}\` file at path ${file_path}`);
    }
  }

  /** What an indexer needs to know which files it has not seen yet. */
  async ftsTree(caller: Caller, repo: RepoRecord, { commit_id, root_path }: GetRepoFtsTreeArgs) {
    const { backend, path } = this.at(repo);
    try {
      const rawId = await backend.resolve(path, String(commit_id), caller);
      const files: (Pick<FileFacts, 'md5' | 'extension' | 'binary' | 'size'> & { name: string })[] = [];
      await backend.readFiles(
        path,
        { rawId, directory: root_path, largest: MAX_FILE_BYTES },
        (file) => {
          const { md5, extension, binary, size } = fileFacts(file);
          files.push({ name: file.path, md5, extension, binary, size });
        },
        caller,
      );
      return files;
    } catch (error) {
      if (isCode(error, 'EMPTY_REPOSITORY')) return [];
      throw asFailure(error, `failed to get repo: \`${repo.repo_name}\` nodes`);
    }
  }

  private at(repo: RepoRecord) {
    return { backend: this.vcs.backend(repo.repo_type), path: this.root.directory(repo.repo_name) };
  }
}
