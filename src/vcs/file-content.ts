/** Which files of a commit are read. */
export interface FilePlace {
  rawId: string;
  /** From the root of the commit, `''` for the root itself. */
  directory: string;
  /** Bytes; what is larger comes without its content. */
  largest: number;
}

/** A file of a commit, for who reads many of them. */
export interface FileContent {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Null when it is larger than was asked for, or than 16 MiB. */
  readonly content: Buffer | null;
}
