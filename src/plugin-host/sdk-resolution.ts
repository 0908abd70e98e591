import { register } from 'node:module';

const HOOK = `
  let urls = {};
  export const initialize = (given) => { urls = given; };
  export const resolve = (specifier, context, next) =>
    Object.hasOwn(urls, specifier) ? { url: urls[specifier], shortCircuit: true } : next(specifier, context);
`;

/** A module of resolution hooks; its `data` maps specifiers to URLs. */
export const SDK_HOOK_URL = `data:text/javascript,${encodeURIComponent(HOOK)}`;

let registered = false;

/**
 * Plugins outside of the tree import `forgegate/sdk` without having it installed: it means this gateway's own copy,
 * so that there is only one. Source files (tests) are resolved by their own tool.
 */
export function resolveSdkForOutsiders(): void {
  if (registered || !import.meta.url.endsWith('.js')) return;
  registered = true;
  const data = {
    'forgegate/sdk': new URL('../sdk/index.js', import.meta.url).href,
    'forgegate/sdk/testing': new URL('../sdk/testing/index.js', import.meta.url).href,
  };
  register(SDK_HOOK_URL, { parentURL: import.meta.url, data });
}
