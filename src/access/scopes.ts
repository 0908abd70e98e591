import picomatch from 'picomatch';
import { READING_METHODS } from '../rpc/reading-methods.js';

/** What git and Mercurial clients do; no method has these names. */
export type ClientOperation = 'fetch' | 'push';

const READING = [...READING_METHODS, 'show_ip', 'fetch'];
const OBJECT_SCOPE = /^(repo|group):(.+)$/;

type Match = (text: string) => boolean;

/**
 * What a key may do beside its user's rights. Scopes are texts:
 *
 * - `read`: methods that change nothing;
 * - a method name or glob: `create_repo`, `get_*`; `fetch` and `push` stand for git and Mercurial clients;
 * - `repo:<glob>` and `group:<glob>`: only these objects (`repo:infra/**`).
 *
 * Kinds are joined by "and", scopes of one kind by "or". A key with object scopes may call methods that
 * concern no such object only when a method scope names them.
 */
export class Scopes {
  private readonly methods: Match | null;
  private readonly objects: { repo: Match | null; group: Match | null };

  constructor(readonly texts: readonly string[]) {
    const methods = texts.filter((text) => !OBJECT_SCOPE.test(text));
    this.methods = matcher(methods.flatMap((text) => (text === 'read' ? READING : [text])));
    const globs = (kind: string) =>
      texts.flatMap((text) => {
        const [, found, glob] = OBJECT_SCOPE.exec(text) ?? [];
        return found === kind && glob ? [glob] : [];
      });
    this.objects = { repo: matcher(globs('repo')), group: matcher(globs('group')) };
  }

  get limitObjects(): boolean {
    return this.objects.repo !== null || this.objects.group !== null;
  }

  /** @returns null when allowed, else the scope that is missing */
  missingForMethod(method: string, concernsObject: boolean): string | null {
    if (this.methods) return this.methods(method) ? null : method;
    return this.limitObjects && !concernsObject ? method : null;
  }

  allowsObject(kind: 'repo' | 'group', name: string): boolean {
    if (!this.limitObjects) return true;
    return this.objects[kind]?.(name) ?? false;
  }

  static isValid(text: string): boolean {
    return /^[a-z0-9_.*?]+$/.test(text) || /^(repo|group):[^\s\0]+$/.test(text);
  }
}

function matcher(globs: readonly string[]): Match | null {
  return globs.length === 0 ? null : picomatch([...globs], { dot: true });
}
