import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { RepoRecord } from '../../families/repos/repo-record.js';
import type { Caller } from '../../rpc/call.js';
import type { ByteRange } from '../../vcs/downloads.js';
import type { VcsBackend } from '../../vcs/vcs.js';

/** A GET or HEAD of somebody who was told apart. */
export interface ViewRequest extends Caller {
  readonly headers: IncomingHttpHeaders;
  /** Nobody signed in. */
  readonly anonymous: boolean;
}

/** A view of a repository that the caller may read. */
export interface RepoViewRequest extends ViewRequest {
  readonly repo: RepoRecord;
  /** Of its page, absolute. */
  readonly url: string;
  /** Path of the same, for links in pages. */
  readonly home: string;
  /** Absolute, on disk. */
  readonly directory: string;
  readonly backend: VcsBackend;
  /** Decoded parts of the path behind the name of the view. */
  readonly rest: readonly string[];
}

/** What a view answers; how much of it is sent depends on the request. */
export type ViewAnswer = WholeAnswer | StreamedAnswer;

export interface WholeAnswer {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What is opened only when somebody gets it. */
export interface StreamedAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** The same tag, the same bytes. */
  readonly etag: string;
  /** Bytes, where it is known before; only then may a part be asked for. */
  readonly size?: number;
  open(range?: ByteRange): Promise<Readable>;
}
