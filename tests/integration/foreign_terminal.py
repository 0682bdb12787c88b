"""A terminal written from docs/messages.md alone: it pairs, takes a number, watches the board, and sees it called.

Run it with a pairing string for a device with a kiosk and a board function; it needs pyzmq and nothing of Motcua.
"""
# mypy: ignore-errors

import json
import sys

import zmq
from zmq.utils import z85

PATIENCE_MS = 20_000
context = zmq.Context()


def connect(kind, port, host, server_key, keys):
    socket = context.socket(kind)
    for option, value in ((zmq.LINGER, 0), (zmq.HANDSHAKE_IVL, 3000), (zmq.HEARTBEAT_IVL, 1000), (zmq.IPV6, 1)):
        socket.setsockopt(option, value)
    socket.curve_serverkey, (socket.curve_publickey, socket.curve_secretkey) = server_key, keys
    socket.connect(f"tcp://{host}:{port}")
    return socket


def new_id():
    return z85.decode(zmq.curve_keypair()[0])[:16].hex()  # 128 bits by chance; a UUIDv7 would also sort by time.


def ask(socket, message, request_id):
    body = json.dumps({**message, "version": 1}).encode()
    for pause_ms in (250, 500, 1000, 2000, 2000, 2000):  # The same id and the same bytes until there is an answer.
        socket.send_multipart([request_id.encode(), body])
        while socket.poll(pause_ms):
            answered_id, reply = socket.recv_multipart()
            if answered_id.decode() == request_id:
                return json.loads(reply)
    sys.exit("no answer: whether it was carried out is unknown")


def tell(**what):
    print(json.dumps(what), flush=True)


def main(pairing):
    address, _, query = pairing.removeprefix("motcua://").partition("?")
    place, _, quoted = address.partition("/")
    host, _, port = place.rpartition(":")
    first, *rest = quoted.split("%")
    server_key = (first + "".join(chr(int(part[:2], 16)) + part[2:] for part in rest)).encode()
    given = dict(part.split("=") for part in query.split("&"))
    keys = zmq.curve_keypair()

    stranger = connect(zmq.DEALER, given["pairing"], host, server_key, keys)
    paired = ask(stranger, {"type": "pair", "code": given["code"]}, new_id())
    functions = {function["kind"]: function for function in paired["functions"]}
    tell(paired=paired["device_id"])

    views = connect(zmq.SUB, given["views"], host, server_key, keys)
    views.subscribe(f"board/{functions['board']['zone_id']}/".encode())
    commands = connect(zmq.DEALER, port, host, server_key, keys)
    visit_id = new_id()
    wish = {"type": "take_ticket", "function_id": functions["kiosk"]["function_id"], "visit_id": visit_id}
    ticket = ask(commands, {**wish, "service_id": "certification", "priority_class_id": "usual"}, new_id())
    tell(ticket=f"{ticket['prefix']}{ticket['number']:03}", ahead=ticket["ahead"])

    while views.poll(PATIENCE_MS):
        _, body = views.recv_multipart()
        for call in json.loads(body)["view"]["calls"]:
            if call["visit_id"] == visit_id:
                tell(called=f"{call['prefix']}{call['number']:03}", counter=call["counter_number"])
                return
    sys.exit("out of service")


main(sys.argv[1])
context.destroy(linger=0)
