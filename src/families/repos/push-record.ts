import type { Row } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import type { RefChange } from '../../vcs/ref-changes.js';

/** `rescan`: nobody's push, but a difference that was found. */
export type PushOrigin = 'push' | 'pull' | 'merge' | 'rescan';

/** Whom a push acts for; his rights were checked before it began. */
export type PushCaller = {
  user_id: number;
  username: string;
  admin: boolean;
  request_id: string;
};

/** A row of `push`: refs were about to change, and it has not been told in full what came of it. */
export interface PushRow extends Row {
  push_id: string;
  repo_id: number;
  source: PushOrigin;
  caller: PushCaller;
  /** The events are there; what follows them may not be. */
  is_recorded: boolean;
  attempts: number;
}

/** A row of `ref_change`. */
export interface ChangeRow extends Row {
  change_id: number;
  push_id: string;
  kind: RefChange['kind'];
  name: string;
  from_id: string | null;
  to_id: string | null;
  /** Null: nobody has looked yet. */
  has_happened: boolean | null;
}

export const toPushCaller = ({ principal, requestId }: Caller): PushCaller => ({
  user_id: principal.userId,
  username: principal.username,
  admin: principal.admin,
  request_id: requestId,
});

/** Who pushed, for what is done in his name after he has gone. */
export function pusher({ caller }: PushRow): Caller {
  const { user_id: userId, username, admin, request_id: requestId } = caller;
  return {
    principal: { userId, username, admin, apiKeyId: null, scopes: null, dialect: null },
    requestId,
    ip: '',
    signal: new AbortController().signal,
  };
}

export const toChange = ({ kind, name, from_id, to_id }: ChangeRow): RefChange => ({
  kind,
  name,
  from: from_id,
  to: to_id,
});

export const refKey = ({ kind, name }: Pick<RefChange, 'kind' | 'name'>): string => `${kind}\0${name}`;
