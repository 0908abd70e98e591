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

/** First arguments of every program. Lock waiting is short, because a call has a deadline anyway. */
export const CONFIGURATION = [
  '--config=ui.interactive=False',
  '--config=ui.timeout=20',
  '--config=ui.clonebundles=False',
  '--config=subrepos.allowed=False',
  '--config=progress.disable=True',
] as const;
