import {
  emptyRepository,
  isFullId,
  isGitRefName,
  refNotFound,
  requireFullId,
  revisionNotFound,
} from '../names.js';
import type { OperationOptions, RefType } from '../vcs.js';
import type { CommitOrders } from './commit-orders.js';
import { branchRef, tagRef, type GitRefReader, type GitRefs } from './git-refs.js';
import type { ObjectReaderPool } from './object-reader-pool.js';
import { storedBranch, storedHead } from './stored-branch.js';

/** How users write "the newest commit". */
const TIP = new Set(['', 'tip', 'HEAD', 'head', '-1']);

/** What users write for a commit, made into its full id. */
export class GitRevisions {
  constructor(
    private readonly objects: ObjectReaderPool,
    private readonly refs: GitRefReader,
    private readonly orders: CommitOrders,
  ) {}

  /** @param known refs that were just read */
  async resolve(
    path: string,
    revision: string,
    options: OperationOptions = {},
    known?: GitRefs,
  ): Promise<string> {
    if (isFullId(revision)) return this.commit(path, requireFullId(revision), options);
    if (known === undefined) {
      const id = await (TIP.has(revision) ? storedHead(path) : storedBranch(path, revision));
      if (id !== null) return id;
    }
    const refs = known ?? (await this.refs.read(path, options));
    if (TIP.has(revision)) return this.tip(path, refs, options);
    if (isGitRefName(revision)) {
      const named = refs.branches[revision] ?? refs.tags[revision];
      if (named !== undefined) return named;
    }
    if (/^-?\d{1,11}$/.test(revision)) {
      const order = await this.orders.of(path, refs, options);
      const number = Number(revision);
      const numbered = order.idAt(number < 0 ? order.count + number : number);
      if (numbered !== undefined) return numbered;
    }
    if (/^[0-9a-f]{4,40}$/i.test(revision)) return this.commit(path, revision.toLowerCase(), options);
    throw revisionNotFound(revision);
  }

  async resolveRef(
    path: string,
    type: Exclude<RefType, 'rev'>,
    name: string,
    options?: OperationOptions,
  ): Promise<string> {
    if (type === 'book' || !isGitRefName(name)) throw refNotFound(type, name);
    const full = type === 'branch' ? branchRef(name) : tagRef(name);
    const id = await this.refs.find(path, full, options);
    if (id === null) throw refNotFound(type, name);
    return id;
  }

  /** Full id of a commit from hex digits, which may be abbreviated or name a tag of it. */
  async commit(path: string, hex: string, options: OperationOptions): Promise<string> {
    const [answer] = await this.objects.read(path, [{ command: 'info', object: `${hex}^{commit}` }], options);
    if (answer?.found === true) return answer.id;
    throw revisionNotFound(hex, answer?.reason);
  }

  private async tip(path: string, refs: GitRefs, options: OperationOptions): Promise<string> {
    const id = refs.headBranch === null ? undefined : refs.branches[refs.headBranch];
    if (id !== undefined) return id;
    const [head] = await this.objects.read(path, [{ command: 'info', object: 'HEAD^{commit}' }], options);
    if (head?.found === true) return head.id;
    throw emptyRepository();
  }
}
