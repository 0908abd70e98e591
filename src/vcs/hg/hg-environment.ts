import { fileURLToPath } from 'node:url';
import { baseEnvironment } from '../process-environment.js';

/** No configuration of the machine, of a user or of a repository; options only where we put them. */
export function hgEnvironment(searchPath: string): Record<string, string> {
  return {
    ...baseEnvironment(searchPath),
    HGPLAIN: '+strictflags',
    HGRCPATH: '',
    HGRCSKIPREPO: '1',
    HGENCODING: 'utf-8',
    HGEDITOR: '/bin/false',
    HGMERGE: 'internal:fail',
    PYTHONNOUSERSITE: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** Requirements of a repository at which Mercurial loads the extension of the same name into its process, for all that follow. */
export const LOADING = ['git', 'largefiles', 'lfs'] as const;

/** First arguments of every program. Lock waiting is short, because a call has a deadline anyway. */
export const CONFIGURATION = [
  '--config=ui.interactive=False',
  '--config=ui.timeout=20',
  '--config=ui.clonebundles=False',
  '--config=subrepos.allowed=False',
  '--config=progress.disable=True',
  ...LOADING.map((extension) => `--config=extensions.${extension}=!`),
] as const;

const LIMITS = fileURLToPath(new URL('./limits.py', import.meta.url));

/** For a server that does one transfer in its life: what that brings, after decompression. */
export const limitedTo = (bytes: number): string[] => [
  `--config=extensions.forgegatelimits=${LIMITS}`,
  `--config=forgegate.largest=${bytes}`,
];
