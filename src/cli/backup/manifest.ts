export const BACKUP_FORMAT = 1;
export const MANIFEST = 'manifest.json';

/** Prefixes of the entries of a backup, in the order in which they come. */
export const DATABASE = 'database/';
export const MASTER_KEY = 'master.key';
export const REPOSITORIES = 'repositories/';
/** An entry without content: what came so far of the repository named behind it is to be thrown away. */
export const AGAIN = 'repository-again/';

export interface TableShape {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly isJson: boolean }[];
}

/** A partition as it is made again: `CREATE TABLE name PARTITION OF parent bound [PARTITION BY key]`. */
export interface PartitionShape {
  readonly name: string;
  readonly parent: string;
  readonly bound: string;
  readonly key: string | null;
}

export interface DatabaseShape {
  /** Names of the migrations, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly TableShape[];
  /** Parents before children. */
  readonly partitions: readonly PartitionShape[];
  /** Last values as text; sequences that were never used are left out. */
  readonly sequences: readonly { readonly name: string; readonly value: string }[];
}

/** First entry of a backup. */
export interface Manifest {
  readonly format: number;
  /** Version of Forgegate that made it. */
  readonly forgegate: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Which master key the secrets in it are sealed with; null when there was none. */
  readonly masterKeyId: string | null;
  /** Whether that key is in the backup too. */
  readonly hasMasterKey: boolean;
  readonly database: DatabaseShape;
}
