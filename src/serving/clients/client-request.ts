import type { GitService } from '../../vcs/git/git-server.js';

/** What a client of git, Mercurial or LFS asks for. `parts`: the decoded path of the repository. */
export type ClientRequest =
  | {
      readonly kind: 'git';
      readonly parts: string[];
      readonly service: GitService;
      readonly advertise: boolean;
    }
  | { readonly kind: 'hg'; readonly parts: string[]; readonly command: string; readonly query: string }
  /** git without a program at the server's side, and git LFS: neither is served. */
  | { readonly kind: 'dumb'; readonly parts: string[] }
  | { readonly kind: 'lfs'; readonly parts: string[] };

const CANDIDATE = /\/info\/(?:refs|lfs)|\/git-(?:upload|receive)-pack|[?&]cmd=/;
/** Views behind which a path of the repository stands: a file may have any name there, that of a request too. */
const FILE_VIEWS = new Set(['raw', 'rawfile']);
const SERVICES: Readonly<Record<string, GitService>> = {
  'git-upload-pack': 'upload-pack',
  'git-receive-pack': 'receive-pack',
};

/**
 * @param method of HTTP; @param partsOf decodes the path of a URL
 * @returns null when it is no client's request
 */
export function readClientRequest(
  method: string,
  url: string,
  partsOf: (url: string) => string[] | null,
): ClientRequest | null {
  if (!CANDIDATE.test(url)) return null;
  const parts = partsOf(url);
  if (parts === null || parts[0] === '_admin') return null;
  const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  const [command, ...others] = query.getAll('cmd');
  if (command !== undefined)
    return { kind: 'hg', parts, command: others.length > 0 ? '' : command, query: query.toString() };
  if (method !== 'POST' && !query.has('service') && parts.some((part, at) => at > 0 && FILE_VIEWS.has(part)))
    return null;
  const [before, last] = parts.slice(-2);
  const lfs = parts.findIndex((part, index) => part === 'info' && parts[index + 1] === 'lfs');
  if (lfs > 0) return { kind: 'lfs', parts: parts.slice(0, lfs) };
  if (before === 'info' && last === 'refs') {
    const service = SERVICES[query.get('service') ?? ''];
    const own = parts.slice(0, -2);
    return service ? { kind: 'git', parts: own, service, advertise: true } : { kind: 'dumb', parts: own };
  }
  const service = SERVICES[last ?? ''];
  return service ? { kind: 'git', parts: parts.slice(0, -1), service, advertise: false } : null;
}
