#!/usr/bin/env python3
"""Logs in, offers 10, buys 4 of them back, and prints the fills of both orders.

    pricetime serve &
    python3 docs/examples/client.py [HOST:PORT]
"""
import json
import socket
import sys
import uuid

host, _, port = (sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7001").rpartition(":")
offer, bid = str(uuid.uuid4()), str(uuid.uuid4())  # a client id is good for one order a day
order = {"type": "order", "product_id": "DEMO", "order_type": "limit", "price": "100.00"}
requests = [
    {"type": "login", "account": "python"},
    {**order, "client_oid": offer, "side": "sell", "size": "10"},
    {**order, "client_oid": bid, "side": "buy", "size": "4", "time_in_force": "IOC"},
    {"type": "cancel", "client_oid": offer},
    {"type": "ping"},  # its pong comes after the answers to all of the above
]
with socket.create_connection((host, int(port)), timeout=10) as conn:
    conn.sendall("".join(json.dumps(request) + "\n" for request in requests).encode())
    for answer in map(json.loads, conn.makefile()):
        if answer["type"] == "match":
            side = "sold" if answer["client_oid"] == offer else "bought"
            print(f'{side} {answer["size"]} at {answer["price"]} as {answer["liquidity"]}')
        elif answer["type"] in ("error", "rejected", "cancel_rejected"):
            sys.exit(f"the venue said no: {answer}")
        elif answer["type"] == "pong":
            break
    else:
        sys.exit("the venue closed the connection")
