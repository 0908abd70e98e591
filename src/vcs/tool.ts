import { findProgram } from './find-program.js';
import { baseEnvironment, MACHINE_PATH } from './process-environment.js';
import { run } from './process.js';
import { VcsError, type ToolVersion } from './vcs.js';

export interface ToolDescription {
  program: string;
  title: string;
  minimum: readonly [number, number];
  /** What callers read when the program is missing. */
  missing: string;
}

/** One version-control program of this machine: where it is, and whether it is recent enough. */
export class Tool {
  private usable: Promise<ToolVersion> | null = null;

  constructor(
    private readonly description: ToolDescription,
    readonly searchPath: string = MACHINE_PATH,
  ) {}

  /** Looked for again as long as there is nothing usable, so that installing it needs no restart. */
  version(): Promise<ToolVersion> {
    this.usable ??= this.probe().then((found) => {
      if (found.reason !== null) this.usable = null;
      return found;
    });
    return this.usable;
  }

  /** Absolute path of the program. @throws VcsError NOT_INSTALLED */
  async require(): Promise<string> {
    const { path, reason } = await this.version();
    if (path === null || reason !== null)
      throw new VcsError('NOT_INSTALLED', reason ?? this.description.missing);
    return path;
  }

  private async probe(): Promise<ToolVersion> {
    const { title, minimum, missing } = this.description;
    const path = await findProgram(this.description.program, this.searchPath);
    if (path === null) return { version: null, path: null, reason: missing };
    const env = { ...baseEnvironment(this.searchPath), HGPLAIN: '1', HGRCPATH: '' };
    const { stdout } = await run(path, ['--version'], { env });
    const version = /\d+\.\d+(?:\.\d+)*/.exec(stdout.toString('utf8'))?.[0] ?? null;
    if (version === null) return { version, path, reason: `${title} on the server does not say its version` };
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const recent = major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
    const reason = `${title} ${version} on the server is too old; ${minimum.join('.')} or newer is needed`;
    return { version, path, reason: recent ? null : reason };
  }
}
