import { baseEnvironment } from '../process-environment.js';

export type GitConfig = readonly (readonly [key: string, value: string])[];

export interface GitInvocation {
  /** Absolute. Absent only for commands that make a repository. */
  gitDir?: string;
  /** Where objects are written and read, if not in `gitDir`. */
  objectDirectory?: string;
  /** Further object directories, read only. */
  alternates?: readonly string[];
  /** Transports that may be used; none unless given. */
  protocols?: 'http:https' | 'file';
  config?: GitConfig;
  /** Author and committer of what is committed. */
  identity?: { name: string; email: string };
}

/**
 * Set on every call, above whatever the repository's own config says: no hooks, no helper that the config could name,
 * no work that outlives the call.
 */
const ALWAYS: GitConfig = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.alternateRefsCommand', 'true'],
  ['log.showSignature', 'false'],
  ['credential.helper', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

/** Of one allocation. A pack of some bytes may hold a delta that makes more of them than there is memory. */
const LARGEST_ALLOCATION = '1g';

/**
 * Settings travel in the environment and not in the arguments, which every user of the machine can see with `ps`.
 * An explicit GIT_DIR keeps git from looking for a repository in the directories above.
 */
export function gitEnvironment(searchPath: string, invocation: GitInvocation): Record<string, string> {
  const { gitDir, objectDirectory, alternates, protocols = 'none', config = [], identity } = invocation;
  const env: Record<string, string> = {
    ...baseEnvironment(searchPath),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_SSH_COMMAND: '/bin/false',
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOC_LIMIT: LARGEST_ALLOCATION,
    // Git 3 makes others unless it is told
    GIT_DEFAULT_HASH: 'sha1',
    GIT_DEFAULT_REF_FORMAT: 'files',
  };
  if (gitDir !== undefined) env['GIT_DIR'] = gitDir;
  if (objectDirectory !== undefined) env['GIT_OBJECT_DIRECTORY'] = objectDirectory;
  if (alternates !== undefined) env['GIT_ALTERNATE_OBJECT_DIRECTORIES'] = alternates.map(quoted).join(':');
  if (identity !== undefined) {
    for (const role of ['AUTHOR', 'COMMITTER']) {
      env[`GIT_${role}_NAME`] = identity.name;
      env[`GIT_${role}_EMAIL`] = identity.email;
    }
  }
  const entries = [...ALWAYS, ...config];
  // An adopted directory may belong to another user of the machine; whether it is taken in is our own decision.
  if (gitDir !== undefined) entries.push(['safe.directory', gitDir]);
  env['GIT_CONFIG_COUNT'] = String(entries.length);
  entries.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return env;
}

/** The list is split at colons; an entry in double quotes is taken whole. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}
