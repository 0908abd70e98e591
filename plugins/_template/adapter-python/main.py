"""An outbound adapter in Python, with nothing but its standard library.

The gateway starts this program and speaks JSON-RPC 2.0 with it: one message a line, on standard input and output.
"""

import json
import sys

NAME = "template-adapter-python"


class Gateway:
    """The other side: `ask` waits for its answer."""

    def __init__(self, lines, out):
        self.lines, self.out, self.last_id = lines, out, 0

    def send(self, message):
        self.out.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.out.flush()

    def ask(self, method, params):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        for line in self.lines:
            message = json.loads(line)
            if "method" not in message and message.get("id") == self.last_id:
                return message
        raise SystemExit("the gateway is gone")


def setup(gateway, params):
    config = {
        "type": "object",
        "additionalProperties": False,
        "required": ["token"],
        "properties": {"token": {"type": "string", "minLength": 1, "x-secret": True}},
    }
    return {"adapters": [{"name": NAME, "url": "required", "signed": False, "config": config}]}


def deliver(gateway, params):
    event, endpoint = params["event"], params["endpoint"]
    answer = gateway.ask(
        "http.request",
        {
            "invocation": params["invocation"],
            "url": endpoint["url"],
            "method": "POST",
            "headers": {
                "content-type": "application/json",
                "authorization": "Bearer " + endpoint["config"]["token"],
                "idempotency-key": params["delivery"]["id"],
            },
            "body": json.dumps({"text": f"{event['data']['actor']['username']}: {event['type']}"}),
        },
    )
    if "error" in answer:
        failure = answer["error"].get("data", {})
        outcome = {"blocked": "blocked", "local": "local_fault"}.get(failure.get("failure"), "retry")
        return {"outcome": outcome, "code": failure.get("code", "FAILED"), "reason": answer["error"]["message"]}
    status = answer["result"]["status"]
    outcome = "delivered" if 200 <= status < 300 else "gone" if status == 410 else "retry"
    return {"outcome": outcome, "code": f"HTTP_{status}", "status": status}


METHODS = {"setup": setup, "deliver": deliver}


def main(lines=sys.stdin, out=sys.stdout):
    gateway = Gateway(lines, out)
    for line in lines:
        message = json.loads(line)
        if "id" not in message or "method" not in message:
            continue
        method = METHODS.get(message["method"], lambda gateway, params: None)
        try:
            gateway.send({"id": message["id"], "result": method(gateway, message.get("params", {}))})
        except Exception as error:
            gateway.send({"id": message["id"], "error": {"code": -32000, "message": str(error)}})


if __name__ == "__main__":
    main()
