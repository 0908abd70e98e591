/** Calls of a gateway under test, over its port. */
export interface GatewayCalls {
  /** Calls in the legacy dialect, as the first administrator unless a key is given; an error is thrown with its text. */
  call<Result = Record<string, unknown>>(method: string, args?: object, key?: string): Promise<Result>;
  /** The text of the refusal; fails when there is none. */
  refusal(method: string, args?: object, key?: string): Promise<string>;
  /** The whole answer of a JSON-RPC 2.0 call. */
  rpc(method: string, params?: object, key?: string): Promise<Record<string, unknown>>;
  /** A user with the key that he was given. */
  createUser(username: string, more?: object): Promise<{ user_id: number; username: string; key: string }>;
}

interface LegacyAnswer {
  readonly result: unknown;
  readonly error: string | null;
}

/** @param url without a path */
export function gatewayCalls(url: string, adminKey: string): GatewayCalls {
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const legacy = async (method: string, args: object, key: string) =>
    (await post('/_admin/api', { id: 1, api_key: key, method, args })) as unknown as LegacyAnswer;
  const call = async <Result>(method: string, args: object = {}, key: string = adminKey) => {
    const { result, error } = await legacy(method, args, key);
    if (error !== null) throw new Error(`${method}: ${error}`);
    return result as Result;
  };
  return {
    call,
    async refusal(method, args = {}, key = adminKey) {
      const { result, error } = await legacy(method, args, key);
      if (error === null) throw new Error(`${method} was not refused: ${JSON.stringify(result)}`);
      return error;
    },
    rpc: (method, params = {}, key = adminKey) =>
      post('/_admin/rpc', { jsonrpc: '2.0', id: 1, method, params }, { authorization: `Bearer ${key}` }),
    async createUser(username, more = {}) {
      const { user, api_key } = await call<{ user: { user_id: number; username: string }; api_key: string }>(
        'create_user',
        { username, email: `${username}@example.com`, ...more },
      );
      return { ...user, key: api_key };
    },
  };
}
