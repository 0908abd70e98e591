import { Injectable } from '@nestjs/common';
import { notFound, type RpcFault } from '../rpc/errors.js';
import type { ObjectKind } from '../rpc/requirement.js';

/** What the guard must know of an object; families put more on it and get it back from the call. */
export interface NamedObject {
  readonly id: number;
  readonly name: string;
}

export interface ObjectResolver {
  byId(id: number): Promise<NamedObject | null> | NamedObject | null;
  byName(name: string): Promise<NamedObject | null> | NamedObject | null;
}

const WORDS: Record<ObjectKind, string> = {
  repo: 'repository',
  repoGroup: 'repository group',
  userGroup: 'user group',
};

/** The text that a missing and a hidden object share. @param given the id as the caller wrote it */
export function doesNotExist(kind: ObjectKind, given: unknown): RpcFault {
  return notFound(`${WORDS[kind]} \`${asGiven(given)}\` does not exist`);
}

/** An id as a refusal repeats it; what is neither text nor number shows as Kallithea shows null. */
export const asGiven = (given: unknown) =>
  typeof given === 'string' || typeof given === 'number' ? String(given) : 'None';

/** Families register here how their objects are found, so that the guard can load what an argument names. */
@Injectable()
export class ObjectDirectory {
  private readonly resolvers = new Map<ObjectKind, ObjectResolver>();

  register(kind: ObjectKind, resolver: ObjectResolver): void {
    this.resolvers.set(kind, resolver);
  }

  /**
   * An integer is an id. A string of digits is an id first and a name only if no such id exists.
   * Any other string is an exact name.
   */
  async find(kind: ObjectKind, given: unknown): Promise<NamedObject | null> {
    const resolver = this.resolvers.get(kind);
    if (!resolver) throw new Error(`no resolver for ${kind}`);
    return findByIdOrName(resolver, given);
  }
}

const MAX_ID = 2_147_483_647;

export async function findByIdOrName<T>(
  resolver: {
    byId(id: number): Promise<T | null> | T | null;
    byName(name: string): Promise<T | null> | T | null;
  },
  given: unknown,
): Promise<T | null> {
  if (typeof given === 'number') return isId(given) ? resolver.byId(given) : null;
  if (typeof given !== 'string' || given.includes('\0')) return null;
  if (/^\d{1,10}$/.test(given) && isId(Number(given))) {
    return (await resolver.byId(Number(given))) ?? resolver.byName(given);
  }
  return resolver.byName(given);
}

const isId = (value: number) => Number.isInteger(value) && value > 0 && value <= MAX_ID;
