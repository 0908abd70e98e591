import { register } from 'node:module';

const HOOK = `
  let urls = {};
  export const initialize = (given) => { urls = given; };
  export const resolve = (specifier, context, next) =>
    Object.hasOwn(urls, specifier) ? { url: urls[specifier], shortCircuit: true } : next(specifier, context);
`;

/** A module of resolution hooks; its `data` maps specifiers to URLs. */
export const SDK_HOOK_URL = `data:text/javascript,${encodeURIComponent(HOOK)}`;

/**
 * Where the built gateway is, relative to this file or, for tests, which run from the sources, beside them: threads and
 * processes cannot be started from TypeScript.
 */
const BUILT = import.meta.url.endsWith('.js')
  ? new URL('../', import.meta.url)
  : new URL('../../dist/src/', import.meta.url);

/** A module of the built gateway. @param path below `src/`, e.g. `sdk/index.js` */
export const builtModule = (path: string) => new URL(path, BUILT);

/** What `forgegate/sdk` means to a plugin outside of the tree. */
export const SDK_URLS: Readonly<Record<string, string>> = {
  'forgegate/sdk': builtModule('sdk/index.js').href,
  'forgegate/sdk/testing': builtModule('plugin-testing/index.js').href,
};

let registered = false;

/**
 * Plugins outside of the tree import `forgegate/sdk` without having it installed: it means this gateway's own copy,
 * so that there is only one. Source files (tests) are resolved by their own tool.
 */
export function resolveSdkForOutsiders(): void {
  if (registered || !import.meta.url.endsWith('.js')) return;
  registered = true;
  register(SDK_HOOK_URL, { parentURL: import.meta.url, data: SDK_URLS });
}
