#!/usr/bin/env python3
"""Peers of a service that soak.sh puts beside its load.

    soak_peers.py PORT SECONDS IDLE

IDLE connections ask once in 20 seconds and must be answered each time, on the
connection they opened first. 20 send a byte a second of a header without end
(slow loris), 20 send half a request and no more, 20 end their sending in the
middle: all of these must be closed by the service, and come again.
"""
import asyncio
import sys
import time

ASK = b"GET /v1/neighbors/1?k=3 HTTP/1.1\r\nHost: localhost\r\n\r\n"
PATIENCE = 60
counts = {"answered": 0, "closed": 0}


async def read_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"{head!r} {body!r}")
    return body


async def idle(port, number, end):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    first = None
    await asyncio.sleep(number % 100 / 100)
    while True:
        writer.write(ASK)
        body = await asyncio.wait_for(read_answer(reader), PATIENCE)
        if body != (first := first or body):
            raise RuntimeError(f"{body!r}, but before it was {first!r}")
        counts["answered"] += 1
        if time.monotonic() >= end:
            break
        await asyncio.sleep(min(20, max(0, end - time.monotonic())))
    writer.close()


async def slow(port, kind, end):
    while time.monotonic() < end - 15:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        start = time.monotonic()
        writer.write(ASK[: len(ASK) // 2])
        if kind == "ended":
            writer.write_eof()
        closed = asyncio.ensure_future(reader.read())
        while not closed.done():
            if time.monotonic() - start > PATIENCE:
                raise RuntimeError(f"a peer of kind {kind} was never left")
            if kind == "loris":
                writer.write(b"x")
            await asyncio.wait([closed], timeout=1)
        try:
            closed.result()
        except ConnectionError:
            pass
        counts["closed"] += 1
        writer.close()


async def main():
    port, seconds, count = (int(text) for text in sys.argv[1:4])
    end = time.monotonic() + seconds
    peers = [idle(port, i, end) for i in range(count)]
    for kind in ("loris", "half", "ended"):
        peers += [slow(port, kind, end) for _ in range(20)]
    await asyncio.gather(*peers)
    print(f"idle connections: {count}, answered {counts['answered']} times; "
          f"slow or broken peers left: {counts['closed']}")


asyncio.run(main())
