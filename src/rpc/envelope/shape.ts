/** The dialect that a path stands for when the body does not say. */
export type Endpoint = 'legacy' | '2.0';
export type Shape = 'batch' | '2.0' | '1.0' | 'legacy' | 'no object';
export type JsonObject = Record<string, unknown>;

/** Which dialect a parsed body speaks. Total and without overlap: the first line that fits decides. */
export function shapeOf(body: unknown, endpoint: Endpoint): Shape {
  if (Array.isArray(body)) return 'batch';
  if (typeof body !== 'object' || body === null) return 'no object';
  if (Object.hasOwn(body, 'jsonrpc')) return '2.0';
  if (['args', 'api_key', 'auth_token'].some((name) => Object.hasOwn(body, name))) return 'legacy';
  if (Object.hasOwn(body, 'method') && Object.hasOwn(body, 'params')) return '1.0';
  return endpoint;
}
