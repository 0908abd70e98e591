"""Run with `python3 -m unittest` in this folder."""

import io
import json
import unittest

import main


def talk(*messages):
    lines = io.StringIO("".join(json.dumps(message) + "\n" for message in messages))
    out = io.StringIO()
    main.main(lines, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


DELIVERY = {
    "id": 1,
    "method": "deliver",
    "params": {
        "invocation": 5,
        "event": {"type": "repo.created", "data": {"actor": {"username": "ada"}}},
        "delivery": {"id": "msg_9001"},
        "endpoint": {"url": "https://service.example/", "config": {"token": "s3cret"}},
    },
}


class AdapterTest(unittest.TestCase):
    def test_registers_itself(self):
        [answer] = talk({"id": 7, "method": "setup", "params": {}})
        self.assertEqual(answer["result"]["adapters"][0]["name"], main.NAME)

    def test_posts_through_the_gateway(self):
        request, outcome = talk(DELIVERY, {"id": 1, "result": {"status": 202}})
        self.assertEqual(request["method"], "http.request")
        self.assertEqual(request["params"]["headers"]["authorization"], "Bearer s3cret")
        self.assertEqual(json.loads(request["params"]["body"]), {"text": "ada: repo.created"})
        self.assertEqual(outcome["result"], {"outcome": "delivered", "code": "HTTP_202", "status": 202})

    def test_tells_a_failure_of_our_side_from_one_of_theirs(self):
        error = {"message": "not public", "data": {"kind": "http", "failure": "blocked", "code": "ADDRESS_BLOCKED"}}
        _, outcome = talk(DELIVERY, {"id": 1, "error": error})
        self.assertEqual(outcome["result"]["outcome"], "blocked")


if __name__ == "__main__":
    unittest.main()
