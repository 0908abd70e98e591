import type { Principal } from './call.js';
import type { DescribedMethod } from './described-method.js';

/** Which methods a caller could call at all; `access` implements it. */
export abstract class CallableMethods {
  /**
   * Those whose requirement he meets for some object at least, within the scopes of his key. What a service decides by
   * itself counts as met.
   */
  abstract of<M extends DescribedMethod>(principal: Principal, methods: readonly M[]): Promise<M[]>;
}
