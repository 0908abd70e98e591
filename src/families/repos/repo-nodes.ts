import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import type { FileContent } from '../../vcs/file-content.js';
import { KeptAnswers } from '../../vcs/kept-answers.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { MAX_FILE_BYTES } from '../../vcs/tree-path.js';
import { VersionControl } from '../../vcs/vcs.js';
import { NODE_KINDS, orderedNodes, type NodeKind, type RepoNode } from './node-order.js';
import { asFailure } from './as-failure.js';
import { fileFacts, textOf, type FileFacts } from './file.view.js';
import type { RepoRecord } from './repo-record.js';
import type { GetRepoNodesArgs } from './repos.dto.js';

const isKind = (text: string): text is NodeKind => (NODE_KINDS as readonly string[]).includes(text);

const KEPT_BYTES = 32 * 1024 * 1024;
/** Of what is kept of one file, beside its path. */
const FACTS_BYTES = 200;
/** Characters of all contents in one answer. */
const MAX_SHOWN = 32 * 1024 * 1024;

const tooMuch = () =>
  refused('the files hold more than 32 MiB; name a smaller `root_path`, or set `max_file_bytes`');

type FileDetails = FileFacts & { content?: string | null };
type DetailedNode = RepoNode & Partial<FileDetails>;

@Injectable()
export class RepoNodes {
  /** By the id of the commit, in which they never change. */
  private readonly keptFacts = new KeptAnswers<Map<string, FileDetails>>(KEPT_BYTES, (facts) => {
    let bytes = FACTS_BYTES * facts.size;
    for (const path of facts.keys()) bytes += path.length;
    return bytes;
  });

  constructor(
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /** Everything below a directory of a revision, which itself is not among it. */
  async list(caller: Caller, repo: RepoRecord, args: GetRepoNodesArgs): Promise<DetailedNode[]> {
    const { ret_type: kind } = args;
    if (!isKind(kind)) throw refused(`ret_type must be one of ${NODE_KINDS.join()}`);
    const directory = args.root_path.replace(/^\/+|\/+$/g, '');
    const backend = this.vcs.backend(repo.repo_type);
    const path = this.root.directory(repo.repo_name);
    try {
      const rawId = await backend.resolve(path, String(args.revision), caller);
      const nodes = orderedNodes(await backend.tree(path, rawId, directory, caller), directory, kind);
      if (args.details === 'minimal' || kind === 'dirs') return nodes;
      const question = `${rawId}:${directory}`;
      const known = args.details === 'basic' ? this.keptFacts.get(path, question) : undefined;
      const details = known ?? new Map<string, FileDetails>();
      let shown = 0;
      const visit = (file: FileContent) => {
        const facts: FileDetails = fileFacts(file);
        if (args.details === 'full') {
          facts.content = textOf(file.content, args.max_file_bytes);
          shown += facts.content?.length ?? 0;
          if (shown > MAX_SHOWN) throw tooMuch();
        }
        details.set(file.path, facts);
      };
      if (known === undefined)
        await backend.readFiles(path, { rawId, directory, largest: MAX_FILE_BYTES }, visit, caller);
      if (args.details === 'basic') this.keptFacts.set(path, question, details);
      return nodes.map((node) => ({ ...node, ...details.get(node.name) }));
    } catch (error) {
      throw asFailure(error, `failed to get repo: \`${repo.repo_name}\` nodes`);
    }
  }
}
