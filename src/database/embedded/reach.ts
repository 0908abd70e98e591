import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether every folder from the root down to `path` (which must exist) can be entered by any user of the system. */
export async function othersCanEnter(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}
