/** A call as it goes over the wire; the same bytes for every server. */
export function requestBytes(key: string, method: string, args: object, id = 1): Buffer {
  const body = JSON.stringify({ id, api_key: key, method, args });
  return Buffer.from(
    'POST /_admin/api HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
