import { RpcFault } from '../../rpc/errors.js';

const MASK = '*****';

/** Hides the password of a URL, or a name that comes alone, which is a token; what is no URL is hidden whole. */
export function maskCloneUri(uri: string): string {
  try {
    const url = new URL(uri);
    if (!url.password && !url.username) return uri;
    if (url.password) url.password = MASK;
    else url.username = MASK;
    return url.href;
  } catch {
    return MASK;
  }
}

/**
 * Only http and https to a host; local paths, `file:`, `ssh:`, `git:` and transport helpers are refused.
 * @param failure the method's own message, as the wire has it
 */
export function checkCloneUri(uri: string, failure: string): string {
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    throw new RpcFault('REFUSED', failure, { argument: 'clone_uri', detail: 'clone_uri is not a valid URL' });
  }
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new RpcFault('REFUSED', failure, {
      argument: 'clone_uri',
      detail: 'clone_uri must start with http:// or https://',
    });
  }
  return url.href;
}
