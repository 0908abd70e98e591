export type AccessLevel = 'none' | 'read' | 'write' | 'admin';
export type ObjectKind = 'repo' | 'repoGroup' | 'userGroup';

/**
 * What a caller must have before a method runs, as a value: the guard decides by it, and documentation,
 * OpenRPC and the permission matrix are made from it. Built with the functions of `access/requirements.ts`.
 */
export type Requirement =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'public' }
  | { readonly kind: 'superAdmin' }
  | { readonly kind: 'global'; readonly permission: string }
  | {
      readonly kind: 'object';
      readonly object: ObjectKind;
      readonly level: AccessLevel;
      readonly arg: string;
    }
  /** Decided in the service, because it depends on more than one argument; `rule` says it in words. */
  | { readonly kind: 'service'; readonly rule: string }
  | { readonly kind: 'anyOf'; readonly of: readonly Requirement[] }
  | { readonly kind: 'allOf'; readonly of: readonly Requirement[] };

const KINDS: ReadonlySet<unknown> = new Set<Requirement['kind']>([
  'authenticated',
  'public',
  'superAdmin',
  'global',
  'object',
  'service',
  'anyOf',
  'allOf',
]);

/** For declarations that the compiler did not see (plugins, JavaScript). */
export const isRequirement = (value: unknown): value is Requirement =>
  typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind);
